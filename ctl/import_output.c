#include "ctl/import_output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/verification.h"

static int path_of(const char *directory, const char *name, char path[PATH_MAX], struct cause *cause)
{
	if (snprintf(path, PATH_MAX, "%s/%s", directory, name) < PATH_MAX)
		return 0;
	return cause_set_errno(cause, ENAMETOOLONG, "%s/%s", directory, name);
}

static int write_file(const char *path, const char *text, bool force, struct cause *cause)
{
	size_t length = strlen(text);
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (force ? O_TRUNC : O_EXCL), 0644);
	if (file < 0)
		return cause_set_errno(cause, errno, "%s", path);
	ssize_t written = write(file, text, length);
	int result = written == (ssize_t)length ? 0 : cause_set_errno(cause, written < 0 ? errno : ENOSPC, "%s", path);
	if (close(file) < 0 && result == 0)
		result = cause_set_errno(cause, errno, "%s", path);
	return result;
}

static int look_for_existing(const struct import *import, const char *directory, struct cause *cause)
{
	char path[PATH_MAX];
	for (size_t i = 0; i < import->count; i++) {
		int result = path_of(directory, import->units[i]->name, path, cause);
		if (result < 0)
			return result;
		if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return cause_set(cause, EEXIST, "%s is there already; --force replaces it", path);
	}
	return 0;
}

int import_write(const struct import *import, const char *directory, bool force, struct cause *cause)
{
	char path[PATH_MAX];
	int result = force ? 0 : look_for_existing(import, directory, cause);
	if (result < 0)
		return result;
	if (mkdir(directory, 0755) < 0 && errno != EEXIST)
		return cause_set_errno(cause, errno, "%s", directory);
	for (size_t i = 0; i < import->count && result == 0; i++) {
		char *text = import_text(import->units[i]);
		if (!text)
			return cause_set(cause, ENOMEM, "out of memory");
		result = path_of(directory, import->units[i]->name, path, cause);
		if (result == 0)
			result = write_file(path, text, force, cause);
		free(text);
	}
	return result;
}

/* Only what is wrong with the units as such: programs and users may come later. */
static json_t *errors_of(json_t *findings)
{
	json_t *errors = json_array(), *finding;
	size_t i;
	json_array_foreach(findings, i, finding) {
		const char *path = json_string_value(json_object_get(finding, "path"));
		const char *name = path ? strrchr(path, '/') : NULL;
		if (strcmp(json_string_value(json_object_get(finding, "severity")), "error") != 0)
			continue;
		if (name)
			json_object_set_new(finding, "path", json_string(name + 1));
		json_array_append(errors, finding);
	}
	json_decref(findings);
	return errors;
}

static void remove_files(const struct import *import, const char *directory)
{
	char path[PATH_MAX];
	for (size_t i = 0; i < import->count; i++)
		if (path_of(directory, import->units[i]->name, path, NULL) == 0)
			(void)unlink(path);
	(void)rmdir(directory);
}

json_t *import_verify(const struct import *import)
{
	char directory[] = "/tmp/svctl-import-XXXXXX", *argument = directory;
	json_t *findings = NULL;
	if (!mkdtemp(directory))
		return NULL;
	if (import_write(import, directory, false, NULL) == 0)
		findings = verification_run(&argument, 1);
	remove_files(import, directory);
	return findings ? errors_of(findings) : NULL;
}
