#include "ctl/install.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/glob.h"
#include "common/string_list.h"
#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/verbs.h"

static enum unit_scope scope_of(const struct context *context)
{
	if (option_is_given(context, "global"))
		return UNIT_SCOPE_GLOBAL;
	return context->user ? UNIT_SCOPE_USER : UNIT_SCOPE_SYSTEM;
}

static bool choose_config(struct install *install)
{
	bool runtime = option_is_given(install->context, "runtime");
	install->config = runtime ? install->directories.runtime : install->directories.persistent;
	if (!install->config)
		complain("--runtime needs XDG_RUNTIME_DIR, which is not set");
	return install->config;
}

static bool open_loader(struct install *install)
{
	struct loader_settings settings = { .directories = install->directories.paths,
					    .user_mode = install->directories.scope != UNIT_SCOPE_SYSTEM,
					    .root = install->directories.root };
	if (loader_create(&settings, &install->loader) == 0 && loader_begin_batch(install->loader) == 0)
		return true;
	complain("out of memory");
	return false;
}

bool install_open(struct install *install, struct context *context)
{
	const char *root = option_value(context, "root");
	*install = (struct install){ .context = context, .changes = json_array() };
	install->force = option_is_given(context, "force");
	if (root && access(root, X_OK) < 0) {
		complain("--root=%s: %s", root, strerror(errno));
		install_finish(install);
		return false;
	}
	int r = unit_directories_init(&install->directories, scope_of(context), root);
	if (r < 0)
		complain(r == -ENXIO ? "neither XDG_CONFIG_HOME nor HOME is set" : "out of memory");
	if (r == 0 && choose_config(install) && open_loader(install))
		return true;
	install_finish(install);
	return false;
}

void install_finish(struct install *install)
{
	loader_destroy(install->loader);
	unit_directories_finish(&install->directories);
	json_decref(install->changes);
	*install = (struct install){ 0 };
}

static void print_change(const struct context *context, const char *type, const char *path, const char *source)
{
	if (source)
		fputs("Created symlink ", stderr);
	else
		fputs(strcmp(type, "write") == 0 ? "Wrote \"" : "Removed \"", stderr);
	print_harmless(stderr, path, strlen(path), false);
	if (source) {
		fputs(context->terminal.unicode ? " → " : " -> ", stderr);
		print_harmless(stderr, source, strlen(source), false);
	}
	fputs(source ? ".\n" : "\".\n", stderr);
}

static void print_changes(const struct install *install)
{
	const json_t *change;
	size_t i;
	json_array_foreach(install->changes, i, change)
		print_change(install->context, property_text_or(change, "type", ""),
			     property_text_or(change, "path", "-"), property_text(change, "source"));
}

/* A svinit that does not run will read the files when it starts. */
static bool reload(struct install *install)
{
	struct context *context = install->context;
	struct call_error error;
	if (option_is_given(context, "root") || install->directories.scope == UNIT_SCOPE_GLOBAL ||
	    option_is_given(context, "no-reload"))
		return true;
	json_t *reply = call(context, "DaemonReload", json_object(), &error);
	bool good = reply || error.kind == CALL_NO_CONNECTION;
	if (!good)
		complain("the links are written, but svinit did not read them: %s", error.text);
	json_decref(reply);
	return good;
}

int install_close(struct install *install)
{
	struct context *context = install->context;
	bool good = !install->failed;
	if (context->json) {
		json_t *document = json_pack("{s:i, s:O}", "version", 1, "changes", install->changes);
		print_document(context, document);
		json_decref(document);
	} else if (!context->quiet) {
		print_changes(install);
	}
	if ((good || json_array_size(install->changes) > 0) && !reload(install))
		good = false;
	install_finish(install);
	return good ? STATUS_OK : STATUS_FAILURE;
}

bool install_fail(struct install *install, const char *format, ...)
{
	char text[2048];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	complain("Failed to %s unit: %s", install->context->verb->name, text);
	install->failed = true;
	return false;
}

static bool append_name(struct install *install, const char *argument, char ***names)
{
	char name[UNIT_NAME_MAX + 1];
	if (glob_is_pattern(argument))
		return install_fail(install, "%s is a pattern; name each unit", argument);
	if (strchr(argument, '/'))
		return install_fail(install, "%s is a path; name the unit", argument);
	if (!unit_name_complete(argument, name))
		return install_fail(install, "\"%s\" is not a valid unit name", argument);
	return string_list_append(names, name) == 0 || install_fail(install, "out of memory");
}

char **install_names(struct install *install, size_t first)
{
	char **names = NULL;
	for (size_t i = first; i < install->context->argument_count; i++) {
		if (append_name(install, install->context->arguments[i], &names))
			continue;
		string_list_free(names);
		return NULL;
	}
	return names;
}

static int load(struct install *install, const char *path, const char *name, struct install_unit *unit)
{
	struct unit_definition *definition;
	if (loader_load_file_as(install->loader, path, name, &definition, NULL) < 0)
		return -ENOMEM;
	unit_definition_release(unit->definition);
	unit->definition = definition;
	unit->options = definition->install;
	return definition->load_state == LOAD_STATE_NOT_FOUND ? -ENOENT
	       : definition->load_state == LOAD_STATE_ERROR   ? -EBADMSG
							      : 0;
}

/* What [Install] says of a template is said of its default instance, whose name the specifiers mean. */
static int load_default_instance(struct install *install, const char *path, struct install_unit *unit)
{
	const char *instance = unit->options ? unit->options->default_instance : NULL;
	if (!unit_name_is_template(unit->file.name) || !instance ||
	    !unit_name_make_instance(unit->file.name, instance, unit->linked_name))
		return 0;
	return load(install, path, unit->linked_name, unit);
}

int install_unit_find(struct install *install, const char *name, struct install_unit *unit)
{
	char path[PATH_MAX];
	*unit = (struct install_unit){ 0 };
	int r = unit_file_find(&install->directories, name, &unit->file);
	if (r < 0 || unit->file.masked)
		return r;
	if (!unit_directories_on_disk(&install->directories, unit->file.path, path))
		return -ENAMETOOLONG;
	unit_name_copy(unit->file.name, unit->linked_name);
	r = load(install, path, unit->file.name, unit);
	if (r == 0)
		r = load_default_instance(install, path, unit);
	if (r < 0)
		install_unit_finish(unit);
	return r;
}

bool install_starts_anyway(const struct install *install, const struct unit_file *file)
{
	const char *run = install->directories.run_directory;
	size_t length = run ? strlen(run) : 0;
	return run && !file->masked && strncmp(file->path, run, length) == 0 && file->path[length] == '/';
}

bool install_is_linked(struct install *install, const struct unit_file *file)
{
	return !install_starts_anyway(install, file) ||
	       install_fail(install, "%s starts because it lies in %s; move it to %s to say when it does", file->name,
			    install->directories.run_directory, install->directories.persistent);
}

void install_unit_finish(struct install_unit *unit)
{
	unit_definition_release(unit->definition);
	*unit = (struct install_unit){ 0 };
}

int install_run_jobs(struct context *context, const char *method, char *const *names)
{
	if (option_is_given(context, "root") || option_is_given(context, "global"))
		return STATUS_OK;
	json_t *units = string_array(names, string_list_length(names));
	int status = run_jobs(context, method, units, NULL);
	json_decref(units);
	return status;
}
