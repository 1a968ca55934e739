/* /etc/machine-id, made where it is missing or empty; machine-id(5). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "machine/step.h"
#include "machine/text.h"

enum { ID_BYTES = 16, ID_TEXT = 2 * ID_BYTES };

static const char path[] = "/etc/machine-id";

/* A random UUID of version 4 and variant 1, written without dashes. */
static bool make(char text[ID_TEXT + 2])
{
	unsigned char bytes[ID_BYTES];

	if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
		return false;
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (int i = 0; i < ID_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	text[ID_TEXT] = '\n';
	text[ID_TEXT + 1] = '\0';
	return true;
}

static int run(const char *argument)
{
	char text[ID_TEXT + 2];

	(void)argument;
	if (text_read(path, text, sizeof text) && strlen(text) == ID_TEXT)
		return EXIT_SUCCESS;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444);
	if (fd < 0)
		return errno == EROFS ? EXIT_SUCCESS : complain("%s: %s", path, strerror(errno));
	bool written = make(text) && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	int status = written ? EXIT_SUCCESS : complain("%s: %s", path, strerror(errno));
	close(fd);
	return status;
}

const struct step step_machine_id = { "machine-id", NULL, "make /etc/machine-id, if it is missing or empty", run };
