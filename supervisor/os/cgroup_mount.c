#include "supervisor/os/cgroup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/os/proc.h"

/* "\040" and the like of proc(5)'s mountinfo, in place. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' && text[2] <= '7' &&
		    text[3] >= '0' && text[3] <= '7') {
			*to++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

struct mount_line {
	char *root, *point;
};

/* "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG…] - TYPE …". Cuts the line up. */
static bool parse_cgroup2_mount(char *line, struct mount_line *mount)
{
	char *rest = NULL, *type = strstr(line, " - ");

	if (!type || strncmp(type, " - cgroup2 ", 11) != 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (!strtok_r(i == 0 ? line : NULL, " ", &rest))
			return false;
	mount->root = strtok_r(NULL, " ", &rest);
	mount->point = strtok_r(NULL, " ", &rest);
	if (!mount->root || !mount->point)
		return false;
	unescape(mount->root);
	unescape(mount->point);
	return true;
}

/* What of `path` lies below `root`; NULL: it does not. */
static const char *below(const char *path, const char *root)
{
	size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);

	if (strncmp(path, root, length) != 0 || (path[length] != '/' && path[length] != '\0'))
		return NULL;
	return strcmp(path + length, "/") == 0 ? "" : path + length;
}

/* 1: found; 0: this line is none; or -errno. */
static int use_line(char *line, const char *own, char *directory, size_t size)
{
	struct mount_line mount;

	if (!parse_cgroup2_mount(line, &mount))
		return 0;
	const char *rest = below(own, mount.root);
	if (!rest)
		return 0;
	return (size_t)snprintf(directory, size, "%s%s", mount.point, rest) < size ? 1 : -ENAMETOOLONG;
}

int cgroup_find_own(char *directory, char *path, size_t size, struct cause *cause)
{
	char *line = NULL;
	size_t room = 0;
	int found = 0;

	int r = proc_read_cgroup(0, path, size);
	if (r < 0)
		return cause_set_errno(cause, -r, "no cgroup v2 hierarchy in /proc/self/cgroup");
	if (strncmp(path, "/..", 3) == 0)
		return cause_set(cause, ENOENT, "svinit's cgroup lies outside of its cgroup namespace");
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	if (!mounts)
		return cause_set_errno(cause, errno, "cannot read /proc/self/mountinfo");
	while (found == 0 && getline(&line, &room, mounts) >= 0)
		found = use_line(line, path, directory, size);
	free(line);
	fclose(mounts);
	if (found > 0)
		return 0;
	return cause_set(cause, found < 0 ? -found : ENOENT, "no cgroup v2 file system is mounted that shows %s", path);
}
