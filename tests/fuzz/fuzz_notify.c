/* Parses whatever comes as a notify message, and looks whether what is made of it is as bounded as it says. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/os/notify_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct notify_message message;
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	(void)notify_message_parse(text, size, &message);
	if (!memchr(message.status, '\0', sizeof message.status) ||
	    !memchr(message.fd_name, '\0', sizeof message.fd_name) || message.exit_status < 0 ||
	    message.exit_status > 255 || message.main_pid < 0)
		abort();
	free(text);
	return 0;
}
