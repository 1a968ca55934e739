#include "supervisor/load/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/string_list.h"
#include "supervisor/load/loader_internal.h"

static char *below_root(const char *root, const char *path)
{
	char *whole = NULL;

	if (!root || !*root)
		return strdup(path);
	return asprintf(&whole, "%s%s", root, path) < 0 ? NULL : whole;
}

static int copy_directories(struct loader *loader, const struct loader_settings *settings)
{
	int r = 0;

	loader->settings.directories = NULL;
	for (char **directory = settings->directories; r == 0 && directory && *directory; directory++)
		r = string_list_take(&loader->settings.directories, below_root(settings->root, *directory));
	return r;
}

int loader_create(const struct loader_settings *settings, struct loader **loader)
{
	struct loader *created = calloc(1, sizeof *created);

	if (!created)
		return -ENOMEM;
	created->settings = *settings;
	created->settings.runtime_directory = NULL;
	created->settings.root = NULL;
	created->facts.user_mode = settings->user_mode;
	if (settings->runtime_directory)
		created->facts.runtime_directory = strdup(settings->runtime_directory);
	if (copy_directories(created, settings) < 0 ||
	    (settings->runtime_directory && !created->facts.runtime_directory)) {
		loader_destroy(created);
		return -ENOMEM;
	}
	*loader = created;
	return 0;
}

char *const *loader_directories(const struct loader *loader)
{
	return loader->settings.directories;
}

void loader_destroy(struct loader *loader)
{
	if (!loader)
		return;
	string_list_free(loader->settings.directories);
	directory_index_finish(&loader->index);
	host_facts_finish(&loader->facts);
	text_file_finish(&loader->file);
	free(loader);
}

static uint64_t realtime_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / 1000;
}

int loader_begin_batch(struct loader *loader)
{
	if (loader->batches > 0) {
		loader->batches++;
		return 0;
	}
	int r = directory_index_build(&loader->index, loader->settings.directories);
	if (r == 0)
		r = aliases_build(&loader->index);
	if (r < 0) {
		directory_index_finish(&loader->index);
		return r;
	}
	loader->batches = 1;
	loader->now = realtime_now();
	return 0;
}

void loader_end_batch(struct loader *loader)
{
	if (loader->batches == 0 || --loader->batches > 0)
		return;
	directory_index_finish(&loader->index);
	text_file_finish(&loader->file);
	host_facts_forget(&loader->facts);
}

static void set_state(struct unit_load *load, enum load_state state, const char *text)
{
	struct unit_definition *definition = load->definition;

	definition->load_state = state;
	if (text && !definition->load_error)
		definition->load_error = strdup(text);
}

int load_read_file(struct unit_load *load, int directory, const char *path, bool *masked)
{
	struct text_file *file = &load->loader->file;
	struct cause cause = { 0 };
	int r = text_file_read_at(file, directory, path, &cause);

	*masked = false;
	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		load_report(load, DIAGNOSTIC_ERROR, "%s", cause.text);
		set_state(load, r == -ENOENT ? LOAD_STATE_NOT_FOUND : LOAD_STATE_ERROR, cause.text);
		return 0;
	}
	load_hash_text(load, path);
	*masked = file->is_mask;
	return file->is_mask ? 0 : load_parse_text(load, path, file->data, file->length);
}

static int load_masked(struct unit_load *load)
{
	set_state(load, LOAD_STATE_MASKED, NULL);
	return 0;
}

static int load_fragment(struct unit_load *load, int directory, const char *path)
{
	struct unit_definition *definition = load->definition;
	bool masked;

	definition->load_state = LOAD_STATE_LOADED;
	definition->fragment_path = strdup(path);
	if (!definition->fragment_path)
		return -ENOMEM;
	load->specifiers.fragment_path = definition->fragment_path;
	int r = load_read_file(load, directory, path, &masked);
	return r == 0 && masked ? load_masked(load) : r;
}

static int load_found(struct unit_load *load, const struct fragment *fragment)
{
	if (fragment->problem) {
		set_state(load, LOAD_STATE_ERROR, fragment->problem);
		load_report(load, DIAGNOSTIC_ERROR, "%s", fragment->problem);
		return 0;
	}
	if (fragment->masked) {
		load->definition->fragment_path = strdup(fragment->path);
		return load->definition->fragment_path ? load_masked(load) : -ENOMEM;
	}
	if (*fragment->path && !builtin_unit_replaces(load->definition->name, fragment->path))
		return load_fragment(load, fragment->directory, fragment->path);
	if (generators_apply(load->loader, load->definition->name))
		return load_generators(load);
	if (builtin_unit_exists(load->definition->name, load->loader->settings.user_mode))
		return load_builtin(load);
	if (load->definition->type == UNIT_DEVICE)
		return load_device(load);
	/* A slice comes into being by being named; a file only sets its limits. */
	if (load->definition->type == UNIT_SLICE) {
		load->definition->load_state = LOAD_STATE_LOADED;
		return 0;
	}
	if (strcmp(load->definition->name, "-.mount") == 0)
		return load_root_mount(load);
	bool script;
	int r = load_sysv_script(load, &script);
	if (r < 0 || script)
		return r;
	set_state(load, LOAD_STATE_NOT_FOUND, "no unit file of this name in the unit directories");
	return 0;
}

static bool is_usable(const struct unit_definition *definition)
{
	return definition->load_state == LOAD_STATE_LOADED || definition->load_state == LOAD_STATE_BAD_SETTING;
}

/* Those that come with the type follow from what is hashed already. */
static void hash_dependencies(struct unit_load *load)
{
	const struct unit_definition *definition = load->definition;

	for (size_t i = 0; i < definition->dependency_count; i++) {
		if (definition->dependencies[i].known)
			continue;
		load->hash ^= definition->dependencies[i].kind;
		load_hash_text(load, definition->dependencies[i].name);
	}
}

/* Known by name, but nothing follows from it. */
static void leave_out(struct unit_load *load, const char *reason)
{
	struct unit_definition *definition = load->definition;

	free(definition->load_error);
	definition->load_error = NULL;
	set_state(load, LOAD_STATE_MASKED, reason);
	definition->left_out = true;
	for (size_t i = 0; i < definition->dependency_count; i++)
		if (!definition->dependencies[i].known)
			free(definition->dependencies[i].name);
	definition->dependency_count = 0;
}

static int complete(struct unit_load *load)
{
	struct unit_definition *definition = load->definition;
	bool missing = definition->load_state == LOAD_STATE_NOT_FOUND;
	const char *left_out = missing || is_usable(definition) ? left_out_reason(definition) : NULL;

	if (left_out)
		leave_out(load, left_out);
	int r = is_usable(definition) ? load_drop_ins(load) : 0;

	if (r == 0 && is_usable(definition))
		r = load_link_directories(load);
	if (r == 0 && is_usable(definition))
		r = load_sysv_links(load);
	if (r == 0 && is_usable(definition))
		r = load_finish(load);
	if (r == 0 && is_usable(definition))
		r = load_add_default_dependencies(load);
	if (r < 0)
		return r;
	load_sort_dependencies(definition);
	unit_definition_share_options(definition);
	hash_dependencies(load);
	unsigned char state = (unsigned char)definition->load_state;
	load_hash(load, &state, 1);
	definition->content_hash = load->hash;
	definition->running_hash = load->running_hash;
	return 0;
}

static int start_load(struct loader *loader, const char *name, struct unit_load *load)
{
	*load = (struct unit_load){ .loader = loader,
				    .hash = UINT64_C(14695981039346656037),
				    .running_hash = UINT64_C(14695981039346656037) };
	load->definition = unit_definition_create(name, unit_type_from_name(name));
	if (!load->definition)
		return -ENOMEM;
	load->definition->loaded = loader->now;
	load->specifiers = (struct specifiers){ .unit = load->definition->name, .facts = &loader->facts };
	load_hash_text(load, name);
	return 0;
}

static int finish_load(struct unit_load *load, int r, struct unit_definition **definition, struct cause *cause)
{
	free(load->refused);
	free(load->refused_path);
	if (r < 0) {
		unit_definition_release(load->definition);
		return cause_set(cause, -r, "out of memory while loading a unit");
	}
	*definition = load->definition;
	return 0;
}

static int load_by_name(struct loader *loader, const char *name, struct unit_definition **definition,
			struct cause *cause)
{
	struct fragment fragment;
	struct unit_load load;

	fragment_find(&loader->index, name, &fragment);
	int r = start_load(loader, fragment.name, &load);
	if (r == 0)
		r = load_aliases(&load);
	if (r == 0 && strcmp(fragment.name, name) != 0 && !string_list_contains(load.definition->aliases, name))
		r = string_list_append(&load.definition->aliases, name);
	if (r == 0)
		r = load_found(&load, &fragment);
	if (r == 0)
		r = complete(&load);
	return finish_load(&load, r, definition, cause);
}

int loader_load(struct loader *loader, const char *name, struct unit_definition **definition, struct cause *cause)
{
	if (!unit_name_is_valid(name))
		return cause_set(cause, EINVAL, "%.100s is not the name of a unit", name);
	if (unit_name_is_template(name))
		return cause_set(cause, EINVAL, "%s is a template: name an instance of it, with a word between @ and .",
				 name);
	int r = loader_begin_batch(loader);
	if (r < 0)
		return cause_set_errno(cause, -r, "%s", name);
	r = load_by_name(loader, name, definition, cause);
	loader_end_batch(loader);
	return r;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int loader_load_file(struct loader *loader, const char *path, struct unit_definition **definition, struct cause *cause)
{
	return loader_load_file_as(loader, path, base_name(path), definition, cause);
}

int loader_load_file_as(struct loader *loader, const char *path, const char *name, struct unit_definition **definition,
			struct cause *cause)
{
	struct unit_load load;

	if (!unit_name_is_valid(name))
		return cause_set(cause, EINVAL, "%s: the file has no name of a unit (such as foo.service)", path);
	int r = loader_begin_batch(loader);
	if (r < 0)
		return cause_set_errno(cause, -r, "%s", path);
	r = start_load(loader, name, &load);
	if (r == 0)
		r = load_fragment(&load, AT_FDCWD, path);
	if (r == 0)
		r = complete(&load);
	loader_end_batch(loader);
	return finish_load(&load, r, definition, cause);
}
