/* mount_setattr(2) for kernels that have none: each mount of mountinfo(5) that lies below is remounted. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "exec/mount_call.h"

static const struct {
	const char *word;
	unsigned long flag;
	uint64_t attribute;
} options[] = {
	{ "ro", MS_RDONLY, MOUNT_ATTR_RDONLY },
	{ "nosuid", MS_NOSUID, MOUNT_ATTR_NOSUID },
	{ "nodev", MS_NODEV, MOUNT_ATTR_NODEV },
	{ "noexec", MS_NOEXEC, MOUNT_ATTR_NOEXEC },
	{ "noatime", MS_NOATIME, 0 },
	{ "nodiratime", MS_NODIRATIME, 0 },
	{ "relatime", MS_RELATIME, 0 },
};

enum { OPTION_COUNT = sizeof options / sizeof *options };

static unsigned long flags_of(char *words)
{
	unsigned long flags = 0;
	char *rest = NULL;

	for (char *word = strtok_r(words, ",", &rest); word; word = strtok_r(NULL, ",", &rest))
		for (size_t i = 0; i < OPTION_COUNT; i++)
			if (strcmp(word, options[i].word) == 0)
				flags |= options[i].flag;
	return flags;
}

static unsigned long flags_for(uint64_t attributes)
{
	unsigned long flags = 0;

	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (attributes & options[i].attribute)
			flags |= options[i].flag;
	return flags;
}

/* "\040" and the like, in place. */
static void unescape_octal(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] && text[2] && text[3]) {
			*to++ = (char)strtol((char[]){ text[1], text[2], text[3], '\0' }, NULL, 8);
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

static bool is_below(const char *path, const char *top)
{
	size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);

	return strncmp(path, top, length) == 0 && path[length] == '/';
}

struct remount {
	const char *top;
	bool recursive;
	unsigned long more;
	mount_is_spared *spared;
	const void *context;
};

static int remount_line(char *line, const struct remount *remount)
{
	char *rest = NULL, *field = strtok_r(line, " ", &rest), *point = NULL;

	for (int i = 0; field && i < 5; i++) {
		if (i == 4)
			point = field;
		field = strtok_r(NULL, " ", &rest);
	}
	if (!point || !field)
		return 0;
	unescape_octal(point);
	bool is_top = strcmp(point, remount->top) == 0;
	if (!is_top && !(remount->recursive && is_below(point, remount->top)))
		return 0;
	if (!is_top && remount->spared && remount->spared(point, remount->context))
		return 0;
	if (mount(NULL, point, NULL, MS_REMOUNT | MS_BIND | flags_of(field) | remount->more, NULL) == 0)
		return 0;
	/* Another mount hides it, or its server is gone: out of the service's reach as well. */
	return errno == EINVAL || errno == ENOENT || errno == ESTALE ? 0 : -errno;
}

int mount_restrict_by_remount(int fd, bool recursive, uint64_t attributes, mount_is_spared *spared, const void *context)
{
	char top[PATH_MAX], *line = NULL;
	size_t size = 0;
	struct fd_path link = fd_path(fd);
	ssize_t length = readlink(link.text, top, sizeof top - 1);
	FILE *file = length < 0 ? NULL : fopen("/proc/self/mountinfo", "re");
	int r = 0;

	if (!file)
		return -errno;
	top[length] = '\0';
	const struct remount remount = { top, recursive, flags_for(attributes), spared, context };
	while (r == 0 && getline(&line, &size, file) > 0)
		r = remount_line(line, &remount);
	free(line);
	fclose(file);
	return r;
}
