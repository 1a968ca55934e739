/* From a name to a file, for what works on files: systemctl(1) looks at the links as they are, and loads nothing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/load/unit_directories.h"

enum { LINKS_MAX = 64 };

struct search {
	const struct unit_directories *directories;
	struct unit_file *file;
	unsigned links; /* followed so far */
};

/* Takes the last part off; "" is the root. */
static void go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

bool link_destination(const char *directory, const char *link, char to[PATH_MAX])
{
	size_t length;

	snprintf(to, PATH_MAX, "%s", *link == '/' ? "" : directory);
	for (; *link; link += length) {
		size_t used = strlen(to);

		link += strspn(link, "/");
		length = strcspn(link, "/");
		if (length == 0 || (length == 1 && link[0] == '.'))
			continue;
		if (length == 2 && strncmp(link, "..", 2) == 0)
			go_up(to);
		else if (snprintf(to + used, PATH_MAX - used, "/%.*s", (int)length, link) >= (int)(PATH_MAX - used))
			return false;
	}
	return true;
}

static bool same_suffix(const char *name, const char *other)
{
	const char *a = unit_name_suffix(name), *b = unit_name_suffix(other);

	return a && b && strcmp(a, b) == 0;
}

/* What another name that a link gives stands for, with the instance carried over. */
static void take_name(struct unit_file *file, const char *name)
{
	char instance[UNIT_NAME_MAX + 1], full[UNIT_NAME_MAX + 1];

	if (unit_name_is_template(name) && unit_name_instance(file->name, instance) && *instance &&
	    unit_name_make_instance(name, instance, full))
		unit_name_copy(full, file->name);
	else
		unit_name_copy(name, file->name);
}

static int find_name(struct search *search);

/* A link of the unit's own name (or its template's) is where its file is; any other name is the unit's own. */
static int follow(struct search *search, const char *link)
{
	struct unit_file *file = search->file;
	char target[PATH_MAX], template_name[UNIT_NAME_MAX + 1];

	if (++search->links > LINKS_MAX)
		return -ELOOP;
	char directory[PATH_MAX];
	snprintf(directory, sizeof directory, "%s", file->path);
	go_up(directory);
	if (!link_destination(directory, link, target))
		return -ENAMETOOLONG;
	const char *name = basename(target);
	bool own = strcmp(name, file->name) == 0 || strcmp(name, basename(file->path)) == 0 ||
		   (unit_name_template(file->name, template_name) && strcmp(name, template_name) == 0);
	if (!own && unit_name_is_valid(name) && same_suffix(name, file->name)) {
		take_name(file, name);
		return find_name(search);
	}
	snprintf(file->path, sizeof file->path, "%s", target);
	return 1;
}

/* 0: found; 1: nothing there, or a link that leads on; negative: an error. */
static int look_at(struct search *search, bool *leads_on)
{
	struct unit_file *file = search->file;
	char path[PATH_MAX], link[PATH_MAX];
	struct stat status;

	*leads_on = false;
	if (!unit_directories_on_disk(search->directories, file->path, path) || lstat(path, &status) < 0)
		return 1;
	if (!S_ISLNK(status.st_mode)) {
		file->masked = S_ISREG(status.st_mode) && status.st_size == 0;
		return S_ISREG(status.st_mode) ? 0 : 1;
	}
	ssize_t length = readlink(path, link, sizeof link - 1);
	if (length < 0)
		return 1;
	link[length] = '\0';
	file->masked = strcmp(link, "/dev/null") == 0;
	if (file->masked)
		return 0;
	int r = follow(search, link);
	*leads_on = r == 1;
	return r;
}

static int look_in_all(struct search *search, const char *name)
{
	struct unit_file *file = search->file;

	for (char **directory = search->directories->paths; *directory; directory++) {
		bool leads_on;
		int r;

		if (snprintf(file->path, sizeof file->path, "%s/%s", *directory, name) >= (int)sizeof file->path)
			return -ENAMETOOLONG;
		do
			r = look_at(search, &leads_on);
		while (leads_on);
		if (r <= 0)
			return r;
	}
	return -ENOENT;
}

static int find_name(struct search *search)
{
	char name[UNIT_NAME_MAX + 1], template_name[UNIT_NAME_MAX + 1];

	unit_name_copy(search->file->name, name);
	int r = look_in_all(search, name);
	if (r == -ENOENT && strcmp(name, search->file->name) == 0 && unit_name_template(name, template_name))
		r = look_in_all(search, template_name);
	return r;
}

int unit_file_find(const struct unit_directories *directories, const char *name, struct unit_file *file)
{
	struct search search = { .directories = directories, .file = file };

	*file->path = '\0';
	file->masked = false;
	if (!unit_name_is_valid(name))
		return -EINVAL;
	unit_name_copy(name, file->name);
	return find_name(&search);
}
