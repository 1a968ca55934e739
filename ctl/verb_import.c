/* import: units out of what supervisord, foreman, runit and s6 read. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/string_list.h"
#include "ctl/document.h"
#include "ctl/import.h"
#include "ctl/import_output.h"
#include "ctl/property.h"
#include "ctl/verbs.h"

/* Something could not be carried over. */
enum { STATUS_INCOMPLETE = 3 };

static const struct option_row options[] = {
	{ "output", 'O', "DIR", "write the units into this directory; without it they are printed" },
	{ "force", 'f', NULL, "replace files that are there" },
	{ "name", 0, "NAME", "what the application of a Procfile is called (its folder's name)" },
	{ "user", 0, NULL, "for an ordinary user's svinit" },
	{ 0 },
};

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);
	return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int import_file(struct context *context, struct import *import, const char *path, struct cause *cause)
{
	if (ends_with(path, "Procfile") || strstr(path, "Procfile.") || ends_with(path, ".procfile"))
		return import_procfile(import, path, option_value(context, "name"), cause);
	return import_supervisord(import, path, cause);
}

static bool is_there(const char *directory, const char *name, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s/%s", directory, name) < PATH_MAX && access(path, F_OK) == 0;
}

/* A scan directory: each folder in it is a service. */
static int import_folders(struct import *import, const char *path, struct cause *cause)
{
	DIR *directory = opendir(path);
	const struct dirent *item;
	char **names = NULL, inner[PATH_MAX];
	int result = 0;
	if (!directory)
		return cause_set_errno(cause, errno, "%s", path);
	while ((item = readdir(directory)))
		if (item->d_name[0] != '.' && is_there(path, item->d_name, inner) &&
		    import_is_service_directory(inner) && string_list_append(&names, inner) < 0)
			import->no_memory = true;
	closedir(directory);
	string_list_sort(names);
	if (!names)
		result = cause_set(cause, ENOENT,
				   "%s: nothing to import: no supervisord.conf, no Procfile, no service directory",
				   path);
	for (char **name = names; name && *name && result == 0; name++)
		result = import_service_directory(import, *name, cause);
	string_list_free(names);
	return result;
}

static int import_directory(struct context *context, struct import *import, const char *path, struct cause *cause)
{
	static const char *const files[] = { "supervisord.conf", "etc/supervisord.conf", "Procfile" };
	char inner[PATH_MAX];
	if (import_is_service_directory(path))
		return import_service_directory(import, path, cause);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (is_there(path, files[i], inner))
			return import_file(context, import, inner, cause);
	return import_folders(import, path, cause);
}

static int import_path(struct context *context, struct import *import, const char *path, struct cause *cause)
{
	struct stat status;
	if (stat(path, &status) < 0)
		return cause_set_errno(cause, errno, "%s", path);
	return S_ISDIR(status.st_mode) ? import_directory(context, import, path, cause)
				       : import_file(context, import, path, cause);
}

static void print_text(const char *text)
{
	print_harmless(stdout, text, strlen(text), true);
}

static void print_units(const struct import *import)
{
	for (size_t i = 0; i < import->count; i++) {
		char *text = import_text(import->units[i]);
		printf("%s# %s\n", i > 0 ? "\n" : "", import->units[i]->name);
		if (text)
			print_text(text);
		free(text);
	}
}

static void print_remarks(const json_t *remarks)
{
	const json_t *remark;
	size_t i;
	json_array_foreach(remarks, i, remark) {
		char place[PATH_MAX + 32];
		json_int_t line = property_number_or(remark, "line", 0);
		snprintf(place, sizeof(place), "%s", property_text_or(remark, "path", "-"));
		print_harmless(stderr, place, strlen(place), false);
		if (line > 0)
			fprintf(stderr, ":%" JSON_INTEGER_FORMAT, line);
		fprintf(stderr, ": %s: ", property_text_or(remark, "kind", "lost"));
		const char *text = property_text_or(remark, "text", "-");
		print_harmless(stderr, text, strlen(text), false);
		fputc('\n', stderr);
	}
}

static json_t *units_as_json(const struct import *import)
{
	json_t *units = json_array();
	for (size_t i = 0; i < import->count; i++) {
		char *text = import_text(import->units[i]);
		json_array_append_new(units, json_pack("{s:s, s:s?}", "Id", import->units[i]->name, "text", text));
		free(text);
	}
	return units;
}

static void print_all(const struct context *context, const struct import *import, bool written)
{
	if (context->json) {
		json_t *document = json_pack("{s:i, s:o, s:O}", "version", 1, "units", units_as_json(import), "remarks",
					     import->remarks);
		print_document(context, document);
		json_decref(document);
		return;
	}
	if (!written)
		print_units(import);
	if (!context->quiet)
		print_remarks(import->remarks);
}

/* Our own work is not to be trusted more than anybody's. */
static int complain_errors(const struct import *import)
{
	json_t *errors = import_verify(import), *finding;
	size_t i, count = json_array_size(errors);
	json_array_foreach(errors, i, finding)
		complain("%s: %s", property_text_or(finding, "path", "-"), property_text_or(finding, "text", "-"));
	json_decref(errors);
	return count > 0 ? STATUS_FAILURE : STATUS_OK;
}

static int finish(struct context *context, const struct import *import)
{
	const char *directory = option_value(context, "output");
	struct cause cause = { 0 };
	if (directory && import_write(import, directory, option_is_given(context, "force"), &cause) < 0)
		return complain("%s", cause.text);
	print_all(context, import, directory);
	int status = complain_errors(import);
	if (status == STATUS_OK && import_lost(import) > 0)
		status = STATUS_INCOMPLETE;
	return status;
}

static int run(struct context *context)
{
	struct import import = { .remarks = json_array(), .user_mode = option_is_given(context, "user") };
	struct cause cause = { 0 };
	int status = STATUS_OK;
	for (size_t i = 0; i < context->argument_count && status == STATUS_OK; i++)
		if (import_path(context, &import, context->arguments[i], &cause) < 0)
			status = complain("%s", cause.text);
	if (status == STATUS_OK && import.no_memory)
		status = complain("out of memory");
	import_sort_remarks(&import);
	if (status == STATUS_OK)
		status = finish(context, &import);
	import_finish(&import);
	return status;
}

const struct verb verb_import = {
	.name = "import",
	.synopsis = "FILE|DIR...",
	.summary = "make units of a supervisord.conf, a Procfile, or service directories of runit or s6",
	.help = "The units are printed, or written with --output. What cannot be carried over is told with file and "
		"line,\n"
		"as what is only worth a look. Exit status: 0 all of it was carried over, 3 something was not, 1 "
		"failure.\n"
		"svinit need not run.",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
	.paged = false,
};
