/* org.varlink.service: what a varlink client can learn of us without knowing us. */
#include <string.h>

#include "supervisor/control.h"

/* The interface file itself, ended by a NUL. */
__asm__(".pushsection .rodata\n"
	".global control_interface_text\n"
	".type control_interface_text, %object\n"
	"control_interface_text:\n"
	".incbin \"supervisor/org.svinit.Supervisor.varlink\"\n"
	".byte 0\n"
	".size control_interface_text, . - control_interface_text\n"
	".popsection\n");
extern const char control_interface_text[] __attribute__((visibility("hidden")));

static const char service_text[] =
	"# What every varlink service tells of itself.\n"
	"interface org.varlink.service\n"
	"\n"
	"method GetInfo() -> (vendor: string, product: string, version: string, url: string, interfaces: []string)\n"
	"method GetInterfaceDescription(interface: string) -> (description: string)\n"
	"\n"
	"error InterfaceNotFound (interface: string)\n"
	"error MethodNotFound (method: string)\n"
	"error MethodNotImplemented (method: string)\n"
	"error InvalidParameter (parameter: string)\n"
	"error PermissionDenied ()\n"
	"error ExpectedMore ()\n";

static void handle_get_info(struct control_call *call)
{
	struct json_writer reply;

	if (!control_parameters(call, NULL, 0))
		return;
	control_reply_begin(&reply, false);
	write_key_string(&reply, "vendor", "svinit");
	write_key_string(&reply, "product", "svinit");
	write_key_string(&reply, "version", SVINIT_VERSION);
	write_key_string(&reply, "url", "");
	write_key(&reply, "interfaces");
	write_begin_array(&reply);
	write_string(&reply, VARLINK_SERVICE);
	write_string(&reply, CONTROL_INTERFACE);
	write_end_array(&reply);
	control_answer(call, &reply);
}

static void handle_get_interface_description(struct control_call *call)
{
	const char *interface = NULL, *text = NULL;
	struct json_writer reply;

	if (!CONTROL_PARAMETERS(call, { "interface", PARAMETER_STRING, true, &interface }))
		return;
	if (strcmp(interface, CONTROL_INTERFACE) == 0)
		text = control_interface_text;
	else if (strcmp(interface, VARLINK_SERVICE) == 0)
		text = service_text;
	if (!text) {
		control_answer_error(call, VARLINK_SERVICE ".InterfaceNotFound", "interface", interface);
		return;
	}
	control_reply_begin(&reply, false);
	write_key_string(&reply, "description", text);
	control_answer(call, &reply);
}

bool control_service_handle(struct control_call *call, const char *method)
{
	if (strcmp(method, "GetInfo") == 0)
		handle_get_info(call);
	else if (strcmp(method, "GetInterfaceDescription") == 0)
		handle_get_interface_description(call);
	else
		return false;
	return true;
}
