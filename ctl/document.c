#include "ctl/document.h"

int print_document(const struct context *context, json_t *document)
{
	bool people = context->terminal.width > 0;
	if (!json_object_get(document, "version"))
		json_object_set_new(document, "version", json_integer(1));
	if (json_dumpf(document, stdout, people ? JSON_INDENT(2) | JSON_ENSURE_ASCII : JSON_COMPACT) < 0)
		return complain("cannot print the answer as JSON");
	putchar('\n');
	return STATUS_OK;
}

int print_list_document(const struct context *context, const char *name, json_t *list)
{
	bool people = context->terminal.width > 0;
	if (context->face == FACE_SYSTEMCTL) {
		json_dumpf(list, stdout, (people ? JSON_INDENT(2) : JSON_COMPACT) | JSON_ENSURE_ASCII);
		putchar('\n');
		return STATUS_OK;
	}
	json_t *document = json_pack("{s:i, s:O}", "version", 1, name, list);
	int status = print_document(context, document);
	json_decref(document);
	return status;
}
