/* edit: a drop-in, or a file of one's own, for a unit. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/string_list.h"
#include "ctl/edit_file.h"
#include "ctl/editor.h"
#include "ctl/install.h"
#include "ctl/property.h"
#include "ctl/verbs.h"

static const struct option_row options[] = {
	INSTALL_OPTIONS,
	{ "full", 'l', NULL, "edit a copy of the whole unit file instead of a drop-in" },
	{ "stdin", 0, NULL, "take the text from standard input instead of an editor" },
	{ "drop-in", 0, "NAME", "the drop-in's name (override.conf)" },
	{ 0 },
};

static bool drop_in_path(struct install *install, const char *name, char path[PATH_MAX])
{
	const char *drop_in = option_value(install->context, "drop-in");
	size_t length = drop_in ? strlen(drop_in) : 0;
	if (drop_in && (length == 0 || strchr(drop_in, '/') || drop_in[0] == '.'))
		return install_fail(install, "--drop-in=%s: not the name of a file", drop_in);
	bool complete = length > 5 && strcmp(drop_in + length - 5, ".conf") == 0;
	return snprintf(path, PATH_MAX, "%s%s/%s.d/%s%s", install->directories.root, install->config, name,
			drop_in ? drop_in : "override", complete ? "" : ".conf") < PATH_MAX;
}

/* With --runtime a file in /etc would win over what is written. */
static bool full_path(struct install *install, const char *name, const struct install_unit *unit, char path[PATH_MAX])
{
	size_t length = strlen(install->directories.persistent);
	if (option_is_given(install->context, "runtime") &&
	    strncmp(unit->file.path, install->directories.persistent, length) == 0 && unit->file.path[length] == '/')
		return install_fail(install, "%s wins over any file in %s", unit->file.path, install->config);
	return snprintf(path, PATH_MAX, "%s%s/%s", install->directories.root, install->config, name) < PATH_MAX;
}

static char *text_of_unit(struct install *install, const struct install_unit *unit)
{
	char on_disk[PATH_MAX];
	if (!unit->definition || !unit_directories_on_disk(&install->directories, unit->file.path, on_disk))
		return strdup("");
	char *text = edit_file_read(on_disk);
	return text ? text : strdup("");
}

static bool begin_unit(struct install *install, const char *name, const struct install_unit *unit,
		       struct edit_file *file)
{
	char path[PATH_MAX];
	bool full = option_is_given(install->context, "full");
	if (!(full ? full_path(install, name, unit, path) : drop_in_path(install, name, path)))
		return install->failed ? false : install_fail(install, "the path is too long");
	char *now = text_of_unit(install, unit), *old = edit_file_read(path);
	bool good = now && edit_file_begin(file, path, full ? (old ? old : now) : (old ? old : ""), full ? NULL : now);
	free(now);
	free(old);
	install->failed |= !good;
	return good;
}

static bool begin(struct install *install, const char *name, struct edit_file *file)
{
	struct install_unit unit;
	int r = install_unit_find(install, name, &unit);
	if (r == -ENOENT && !install->force &&
	    !builtin_unit_exists(name, install->directories.scope != UNIT_SCOPE_SYSTEM))
		return install_fail(install, "there is no %s; to write a new one: svctl edit --force --full %s", name,
				    name);
	if (r < 0 && r != -ENOENT)
		return install_fail(install, "%s: %s", name, strerror(-r));
	if (r == 0 && unit.file.masked)
		return install_fail(install, "%s masks %s; unmask it first", unit.file.path, name);
	bool good = begin_unit(install, name, &unit, file);
	install_unit_finish(&unit);
	return good;
}

static char *standard_input(void)
{
	char *text = NULL, part[8192];
	size_t length = 0, got;
	FILE *stream = open_memstream(&text, &length);
	while (stream && length < 1 << 20 && (got = fread(part, 1, sizeof(part), stdin)) > 0) {
		fwrite(part, 1, got, stream);
		fflush(stream);
	}
	if (stream)
		fclose(stream);
	return text;
}

static bool use_editor(struct install *install, const struct edit_file *files, size_t count)
{
	char **names = calloc(count + 1, sizeof(*names));
	for (size_t i = 0; names && i < count; i++)
		names[i] = files[i].temporary;
	bool good = names && editor_run(names);
	free(names);
	install->failed |= !good;
	return good;
}

/* An empty text means: rather not. */
static void keep(struct install *install, struct edit_file *file, const char *given)
{
	char *text = given ? strdup(given) : edit_file_result(file);
	if (text && !*text) {
		complain("%s: the text is empty; nothing was changed", file->path);
		install->failed = true;
	} else if (text && edit_file_write(file, text)) {
		json_array_append_new(install->changes, json_pack("{s:s, s:s}", "type", "write", "path", file->path));
	} else {
		install->failed = true;
	}
	free(text);
}

static void edit(struct install *install, char **names, struct edit_file *files)
{
	size_t count = string_list_length(names);
	bool from_stdin = option_is_given(install->context, "stdin");
	for (size_t i = 0; i < count; i++)
		if (!begin(install, names[i], &files[i]))
			return;
	char *text = from_stdin ? standard_input() : NULL;
	if (from_stdin ? !text : !use_editor(install, files, count))
		return;
	for (size_t i = 0; i < count; i++)
		keep(install, &files[i], text);
	free(text);
}

static int run(struct context *context)
{
	struct install install;
	if (!install_open(&install, context))
		return STATUS_FAILURE;
	char **names = install_names(&install, 0);
	size_t count = string_list_length(names);
	struct edit_file *files = names ? calloc(count, sizeof(*files)) : NULL;
	if (files)
		edit(&install, names, files);
	for (size_t i = 0; files && i < count; i++)
		edit_file_finish(&files[i]);
	free(files);
	string_list_free(names);
	return install_close(&install);
}

const struct verb verb_edit = {
	.name = "edit",
	.synopsis = "UNIT...",
	.summary = "write a drop-in for units, or with --full a whole file, in an editor",
	.help = "The editor is $SYSTEMD_EDITOR, $EDITOR or $VISUAL. An empty text changes nothing. --force writes "
		"files\n"
		"for units that do not exist yet.",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
