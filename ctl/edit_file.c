#include "ctl/edit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/load/text_file.h"

static const char begin_marker[] = "### What stands between this line and the next one like it is kept.";
static const char end_marker[] = "### What stands below is not kept. The unit says now:";

char *edit_file_read(const char *path)
{
	struct text_file file = { 0 };
	if (text_file_read(&file, path, NULL) < 0) {
		text_file_finish(&file);
		return NULL;
	}
	return file.data ? file.data : strdup("");
}

static bool make_directory(struct edit_file *file)
{
	char directory[PATH_MAX];
	snprintf(directory, sizeof(directory), "%s", file->path);
	for (char *slash = strchr(directory + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		file->made_directory = mkdir(directory, 0755) == 0;
		if (!file->made_directory && errno != EEXIST) {
			complain("cannot make %s: %s", directory, strerror(errno));
			return false;
		}
		*slash = '/';
	}
	return true;
}

static FILE *open_temporary(struct edit_file *file)
{
	const char *name = basename(file->path);
	if (asprintf(&file->temporary, "%.*s.#%sXXXXXX", (int)(name - file->path), file->path, name) < 0) {
		file->temporary = NULL;
		return NULL;
	}
	int fd = mkostemp(file->temporary, O_CLOEXEC);
	if (fd < 0) {
		complain("cannot write %s: %s", file->temporary, strerror(errno));
		free(file->temporary);
		file->temporary = NULL;
		return NULL;
	}
	fchmod(fd, 0644);
	return fdopen(fd, "w");
}

static void write_commented(FILE *stream, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		fprintf(stream, "# %.*s\n", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

static void write_wrapped(FILE *stream, const char *path, const char *text, const char *now)
{
	fprintf(stream, "### Editing %s\n%s\n\n%s\n\n%s\n", path, begin_marker, text, end_marker);
	write_commented(stream, now);
}

bool edit_file_begin(struct edit_file *file, const char *path, const char *text, const char *now)
{
	*file = (struct edit_file){ .path = strdup(path) };
	FILE *stream = file->path && make_directory(file) ? open_temporary(file) : NULL;
	if (!stream)
		return false;
	if (now)
		write_wrapped(stream, path, text, now);
	else
		fputs(text, stream);
	return fclose(stream) == 0 || (complain("cannot write %s: %s", file->temporary, strerror(errno)), false);
}

/* The part between the two lines, if they are still there. */
static void keep_inner_part(char *text)
{
	char *begin = strstr(text, begin_marker), *end = begin ? strstr(begin, end_marker) : NULL;
	if (!begin || !end)
		return;
	begin += strlen(begin_marker);
	*end = '\0';
	memmove(text, begin, strlen(begin) + 1);
}

/* Without blank lines at both ends; one newline at the end of what is left. */
static char *trimmed(char *text)
{
	char *begin = text + strspn(text, " \t\n"), *copy = NULL;
	size_t length = strlen(begin);
	while (length > 0 && strchr(" \t\n", begin[length - 1]))
		length--;
	if (asprintf(&copy, "%.*s%s", (int)length, begin, length ? "\n" : "") < 0)
		copy = NULL;
	free(text);
	return copy;
}

char *edit_file_result(const struct edit_file *file)
{
	char *text = edit_file_read(file->temporary);
	if (!text) {
		complain("cannot read %s: %s", file->temporary, strerror(errno));
		return NULL;
	}
	keep_inner_part(text);
	return trimmed(text);
}

bool edit_file_write(struct edit_file *file, const char *text)
{
	FILE *stream = fopen(file->temporary, "we");
	bool good = stream && fputs(text, stream) >= 0;
	if (stream && fclose(stream) != 0)
		good = false;
	if (good && rename(file->temporary, file->path) == 0) {
		free(file->temporary);
		file->temporary = NULL;
		return true;
	}
	complain("cannot write %s: %s", file->path, strerror(errno));
	return false;
}

void edit_file_finish(struct edit_file *file)
{
	if (file->temporary) {
		unlink(file->temporary);
		char *slash = strrchr(file->path, '/');
		if (file->made_directory && slash) {
			*slash = '\0';
			rmdir(file->path);
		}
	}
	free(file->path);
	free(file->temporary);
	*file = (struct edit_file){ 0 };
}
