#include "supervisor/unit_loading.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/string_list.h"
#include "common/unit_name.h"
#include "supervisor/unit_freshness.h"
#include "supervisor/unit_resources.h"

static void report(void *context, const struct diagnostic *diagnostic)
{
	struct manager *manager = context;
	unit_id id = diagnostic->unit ? core_find(manager->core, diagnostic->unit) : UNIT_ID_NONE;
	enum record_level level = diagnostic->severity == DIAGNOSTIC_ERROR     ? RECORD_ERROR
				  : diagnostic->severity == DIAGNOSTIC_WARNING ? RECORD_WARNING
									       : RECORD_DEBUG;

	if (!diagnostic->path)
		manager_record(manager, level, id, "%s: %s", diagnostic->unit ? diagnostic->unit : "units",
			       diagnostic->text);
	else if (diagnostic->line)
		manager_record(manager, level, id, "%s:%u: %s", diagnostic->path, diagnostic->line, diagnostic->text);
	else
		manager_record(manager, level, id, "%s: %s", diagnostic->path, diagnostic->text);
}

/* A machine's own units stand behind what its administrator says, and before what packages bring. */
static int add_machine_units(char ***defaults)
{
	char **list = NULL;
	bool added = false;
	int result = 0;

	for (char **item = *defaults; result == 0 && item && *item; item++) {
		if (!added && (strncmp(*item, "/usr/", 5) == 0 || strncmp(*item, "/lib/", 5) == 0)) {
			result = string_list_append(&list, SVINIT_LIBEXECDIR "/machine");
			added = true;
		}
		if (result == 0)
			result = string_list_append(&list, *item);
	}
	if (result < 0) {
		string_list_free(list);
		return result;
	}
	string_list_free(*defaults);
	*defaults = list;
	return 0;
}

/* Where set-property --runtime writes; NULL: there is no RDIR, or no memory. The caller frees. */
static char *runtime_units(const struct manager_options *options)
{
	char *path = NULL;

	if (!options->runtime_directory || asprintf(&path, "%s/units", options->runtime_directory) < 0)
		return NULL;
	return path;
}

static int append_all(char ***list, char *const *more)
{
	int result = 0;

	for (; result == 0 && more && *more; more++)
		result = string_list_append(list, *more);
	return result;
}

/* The run directories of the options, then the search path where no --units closes the world. */
static char **search_path(const struct manager_options *options)
{
	char **defaults = options->search_defaults ? loader_default_directories(options->user_mode) : NULL;
	char *first[] = { runtime_units(options), NULL }, **path = calloc(1, sizeof *path);
	bool good = path && (!options->search_defaults || defaults) &&
		    (!options->machine_init || !defaults || add_machine_units(&defaults) == 0) &&
		    append_all(&path, first) == 0 && append_all(&path, options->unit_directories) == 0 &&
		    append_all(&path, defaults) == 0;

	free(first[0]);
	string_list_free(defaults);
	if (good)
		return path;
	/* To look into fewer would make the units of the others vanish. */
	string_list_free(path);
	return NULL;
}

int unit_loading_create_loader(struct manager *manager, bool tell, struct loader **loader, struct cause *cause)
{
	char **directories = search_path(&manager->options);
	struct loader_settings settings = {
		.directories = directories,
		.user_mode = manager->options.user_mode,
		.report = tell ? report : NULL,
		.context = manager,
	};

	if (!directories)
		return cause_set(cause, ENOMEM, "out of memory");
	int result = loader_create(&settings, loader);
	string_list_free(directories);
	return result < 0 ? cause_set_errno(cause, -result, "loader") : 0;
}

/* A unit that cannot even be looked for still needs a definition, or it would be looked for again and again. */
static int define_missing(struct manager *manager, const char *name, enum load_state state, const char *why,
			  unit_id *id)
{
	enum unit_type type = unit_type_from_name(name);
	struct unit_definition *definition =
		unit_definition_create(name, type == UNIT_TYPE_INVALID ? UNIT_SERVICE : type);

	if (!definition)
		return -ENOMEM;
	definition->load_state = state;
	definition->load_error = why ? strdup(why) : NULL;
	int result = core_define(manager->core, definition, id);
	unit_definition_release(definition);
	return result;
}

static int define_aliases(struct manager *manager, const struct unit_definition *definition, const char *asked,
			  unit_id id)
{
	if (strcmp(asked, definition->name) != 0) {
		int result = core_alias(manager->core, asked, id);
		/* All others are read all the same. */
		if (result == -EEXIST)
			manager_record(manager, RECORD_WARNING, id,
				       "%s is another name of %s now; what was loaded under it stays a unit of its own",
				       asked, definition->name);
		else if (result < 0)
			return result;
	}
	for (char **alias = definition->aliases; alias && *alias; alias++)
		if (strcmp(*alias, asked) != 0 && core_alias(manager->core, *alias, id) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

/* Reads the unit from disk, whether or not the core knows it. */
static int read_unit(struct manager *manager, const char *name, unit_id *id)
{
	struct unit_definition *definition = NULL;
	struct cause why = { 0 };
	char asked[UNIT_NAME_MAX + 1];

	/* The name may belong to the definition that is replaced here. */
	snprintf(asked, sizeof asked, "%s", name);
	int result = loader_load(manager->loader, asked, &definition, &why);

	if (result == -ENOMEM)
		return result;
	if (result < 0)
		return define_missing(manager, asked, LOAD_STATE_ERROR, why.text, id);
	result = core_define(manager->core, definition, id);
	if (result >= 0)
		result = define_aliases(manager, definition, asked, *id);
	unit_definition_release(definition);
	return result;
}

int unit_loading_add(struct manager *manager, const char *name, unit_id *id, struct cause *cause)
{
	*id = core_find(manager->core, name);
	if (*id != UNIT_ID_NONE && core_unit(manager->core, *id)->definition->load_state != LOAD_STATE_STUB)
		return 0;
	int result = read_unit(manager, name, id);
	return result < 0 ? cause_set_errno(cause, -result, "%s", name) : 0;
}

static int close_rounds(struct manager *manager, struct cause *cause)
{
	for (;;) {
		int result = core_link(manager->core);
		if (result < 0)
			return cause_set_errno(cause, -result, "resolving dependencies");
		unit_id stub = core_next_stub(manager->core, UNIT_ID_NONE);
		if (stub == UNIT_ID_NONE)
			return 0;
		for (; stub != UNIT_ID_NONE; stub = core_next_stub(manager->core, stub)) {
			unit_id id;
			result = read_unit(manager, core_unit(manager->core, stub)->definition->name, &id);
			if (result < 0)
				return cause_set_errno(cause, -result, "loading units");
		}
	}
}

int unit_loading_close(struct manager *manager, struct cause *cause)
{
	int result = loader_begin_batch(manager->loader);

	if (result < 0)
		return cause_set_errno(cause, -result, "loading units");
	result = close_rounds(manager, cause);
	loader_end_batch(manager->loader);
	return result;
}

/* `more`: others follow, and the order between all of them counts. */
static void start_unit(struct manager *manager, unit_id id, bool more)
{
	struct event event = {
		.kind = EVENT_REQUEST,
		.unit = id,
		.request = {
			.verb = REQUEST_START,
			.mode = JOB_MODE_REPLACE,
			.more = more,
			.request = MANAGER_REQUEST_FIRST + id,
		},
	};

	manager->boot_pending++;
	manager_feed(manager, &event);
}

/* A service that a socket, timer or path unit of its name starts is not started by itself. */
static bool is_triggered(char *const *names, const char *name)
{
	static const char *const triggers[] = { ".socket", ".timer", ".path" };
	char prefix[UNIT_NAME_MAX + 1];
	size_t length = strlen(name);

	if (length <= 8 || strcmp(name + length - 8, ".service") != 0)
		return false;
	snprintf(prefix, sizeof prefix, "%.*s", (int)(length - 8), name);
	length = strlen(prefix);
	for (char *const *other = names; *other; other++)
		for (size_t i = 0; i < sizeof triggers / sizeof *triggers; i++)
			if (strncmp(*other, prefix, length) == 0 && strcmp(*other + length, triggers[i]) == 0)
				return true;
	return false;
}

static bool has_trigger(char *const *names)
{
	for (; *names; names++) {
		enum unit_type type = unit_type_from_name(*names);
		if (type == UNIT_SOCKET || type == UNIT_TIMER || type == UNIT_PATH)
			return true;
	}
	return false;
}

struct boot_list {
	unit_id *units;
	size_t count, capacity;
};

static int boot_list_append(struct boot_list *list, unit_id id)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 64;
		unit_id *units = reallocarray(list->units, capacity, sizeof *units);
		if (!units)
			return -ENOMEM;
		list->units = units;
		list->capacity = capacity;
	}
	list->units[list->count++] = id;
	return 0;
}

static int add_to_boot(struct manager *manager, const char *name, struct boot_list *list, struct cause *cause)
{
	unit_id id;
	int result = unit_loading_add(manager, name, &id, cause);

	if (result < 0)
		return result;
	if (core_unit(manager->core, id)->definition->load_state == LOAD_STATE_MASKED)
		return 0;
	return boot_list_append(list, id) < 0 ? cause_set(cause, ENOMEM, "out of memory") : 0;
}

static int add_directory_to_boot(struct manager *manager, const char *directory, bool must_exist,
				 struct boot_list *list, struct cause *cause)
{
	char **names = NULL;
	int result = loader_list_directory(directory, &names, cause);

	if (result == -ENOENT && !must_exist)
		return 0;
	if (result < 0)
		return result;
	bool triggers = has_trigger(names);
	for (char **name = names; *name && result >= 0; name++)
		if (!triggers || !is_triggered(names, *name))
			result = add_to_boot(manager, *name, list, cause);
	string_list_free(names);
	return result;
}

static int collect_boot_units(struct manager *manager, struct boot_list *list, struct cause *cause)
{
	const struct manager_options *options = &manager->options;

	if (options->target) {
		char name[UNIT_NAME_MAX + 1];
		if (!unit_name_complete(options->target, name))
			return cause_set(cause, EINVAL, "--target %s: not a unit name", options->target);
		return add_to_boot(manager, name, list, cause);
	}
	for (char **directory = options->unit_directories; directory && *directory; directory++) {
		int result = add_directory_to_boot(manager, *directory, !options->search_defaults, list, cause);
		if (result < 0)
			return result;
	}
	return options->search_defaults && !options->command ? add_to_boot(manager, "default.target", list, cause) : 0;
}

static void record_cycles(struct manager *manager)
{
	for (size_t i = 0; i < core_cycle_count(manager->core); i++)
		manager_record(manager, RECORD_WARNING, UNIT_ID_NONE, "dependency cycle: %s",
			       core_cycle_text(manager->core, i));
}

static int load_boot_units(struct manager *manager, struct boot_list *list, struct cause *cause)
{
	int result = loader_begin_batch(manager->loader);

	if (result < 0)
		return cause_set_errno(cause, -result, "loading units");
	result = collect_boot_units(manager, list, cause);
	if (result >= 0)
		result = unit_loading_close(manager, cause);
	loader_end_batch(manager->loader);
	return result;
}

int unit_loading_boot(struct manager *manager, struct cause *cause)
{
	struct boot_list list = { 0 };
	int result = load_boot_units(manager, &list, cause);

	if (result >= 0) {
		record_cycles(manager);
		for (size_t i = 0; i < list.count; i++)
			start_unit(manager, list.units[i], i + 1 < list.count);
	}
	free(list.units);
	return result;
}

bool unit_loading_generate(struct manager *manager)
{
	unit_id id;

	if (!manager->options.search_defaults || manager->options.user_mode || manager->options.command ||
	    unit_loading_add(manager, GENERATORS_UNIT, &id, NULL) < 0 || unit_loading_close(manager, NULL) < 0)
		return false;
	if (core_unit(manager->core, id)->definition->load_state != LOAD_STATE_LOADED) {
		core_forget(manager->core, id);
		return false;
	}
	start_unit(manager, id, false);
	return true;
}

/* Names the nearest units that do exist. */
static int no_such_unit(struct manager *manager, const char *name, struct cause *cause)
{
	char **nearest = NULL;
	char text[CAUSE_TEXT_MAX];
	size_t length;

	snprintf(text, sizeof text, "unit %s not found", name);
	if (loader_suggest(manager->loader, name, &nearest) >= 0) {
		for (char **item = nearest; item && *item; item++) {
			length = strlen(text);
			snprintf(text + length, sizeof text - length, "%s%s",
				 item == nearest ? "; did you mean " : " or ", *item);
		}
		length = strlen(text);
		snprintf(text + length, sizeof text - length, "%s", nearest ? "?" : "");
		string_list_free(nearest);
	}
	return cause_set(cause, ENOENT, "%s", text);
}

int manager_find_unit(struct manager *manager, const char *typed, bool keep_missing, unit_id *id, struct cause *cause)
{
	char name[UNIT_NAME_MAX + 1];

	*id = UNIT_ID_NONE;
	if (!unit_name_complete(typed, name))
		return cause_set(cause, EINVAL, "\"%.100s\" is not a unit name", typed);
	if (unit_name_is_template(name))
		return cause_set(cause, EINVAL, "%s is a template: name an instance of it, such as %.*s1%s", name,
				 (int)(strchr(name, '@') - name + 1), name, strchr(name, '@') + 1);
	unit_id known = core_find(manager->core, name);
	int result = 0;
	/* What was not found earlier may have been installed since. */
	if (known == UNIT_ID_NONE || core_unit(manager->core, known)->definition->load_state == LOAD_STATE_NOT_FOUND)
		result = read_unit(manager, name, &known);
	if (result >= 0)
		result = unit_loading_close(manager, cause);
	if (result < 0)
		return cause_set_errno(cause, -result, "%s", name);
	if (core_unit(manager->core, known)->definition->load_state == LOAD_STATE_NOT_FOUND) {
		if (!keep_missing)
			core_forget(manager->core, known);
		else
			*id = known;
		return no_such_unit(manager, name, cause);
	}
	*id = known;
	return 0;
}

/* Loads every known unit again; the core keeps what has not changed. */
static int read_all_again(struct manager *manager, uint32_t *changed, struct cause *cause)
{
	uint32_t count = core_unit_count(manager->core);

	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(manager->core, id);
		if (!unit)
			continue;
		uint64_t before = unit->definition->content_hash;
		unit_id same;
		int result = read_unit(manager, unit->definition->name, &same);
		if (result < 0)
			return cause_set_errno(cause, -result, "daemon-reload");
		unit = core_unit(manager->core, id);
		const struct unit_definition *now = unit->next_definition ? unit->next_definition : unit->definition;
		if (now->content_hash != before) {
			(*changed)++;
			manager_record(manager, RECORD_NOTICE, id, "%s: changed on disk%s", unit->definition->name,
				       unit->next_definition ? "; restart it to apply" : "");
		}
	}
	return unit_loading_close(manager, cause);
}

static int reload_units(struct manager *manager, uint32_t *changed, struct cause *cause)
{
	int result = loader_begin_batch(manager->loader);

	if (result < 0)
		return cause_set_errno(cause, -result, "daemon-reload");
	result = read_all_again(manager, changed, cause);
	loader_end_batch(manager->loader);
	return result;
}

int manager_reload(struct manager *manager, struct cause *cause)
{
	struct loader *loader = NULL;
	uint32_t changed = 0;
	int result = unit_loading_create_loader(manager, true, &loader, cause);

	if (result < 0)
		return result;
	loader_destroy(manager->loader);
	manager->loader = loader;
	unit_freshness_forget(manager);
	manager->reloaded = clock_realtime();
	result = reload_units(manager, &changed, cause);
	unit_resources_apply_all(manager);
	record_cycles(manager);
	if (result >= 0)
		manager_record(manager, RECORD_INFO, UNIT_ID_NONE, "reloaded; units changed: %u", changed);
	else if (cause)
		manager_record(manager, RECORD_ERROR, UNIT_ID_NONE, "reload: %s", cause->text);
	return result;
}
