#include "ctl/verification.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cause.h"
#include "common/string_list.h"
#include "ctl/verification_target.h"
#include "supervisor/core/core.h"
#include "supervisor/load/setting_place.h"
#include "supervisor/load/verify.h"

struct verification {
	json_t *findings;
	struct loader *loader;
	struct core *core;
	struct unit_definition **definitions; /* of the files that were named */
	size_t count;
	const char *path; /* of the file that is being read */
	bool silent;      /* while other units are loaded, whose faults nobody asked for */
};

static void add_finding(struct verification *verification, const struct diagnostic *diagnostic)
{
	static const char *const severities[] = {
		[DIAGNOSTIC_ERROR] = "error",
		[DIAGNOSTIC_WARNING] = "warning",
		[DIAGNOSTIC_NOTE] = "note",
	};
	json_t *finding = json_pack("{s:s, s:s?, s:s?, s:s}", "severity", severities[diagnostic->severity], "unit",
				    diagnostic->unit, "path", diagnostic->path, "text", diagnostic->text);
	json_object_set_new(finding, "line", diagnostic->line ? json_integer(diagnostic->line) : json_null());
	json_object_set_new(finding, "column", diagnostic->column ? json_integer(diagnostic->column) : json_null());
	json_array_append_new(verification->findings, finding);
}

/* Words that begin with the path, which stands in front of the finding anyway. */
static const char *without_path(const char *text, const char *path)
{
	size_t length = strlen(path);
	return strncmp(text, path, length) == 0 && strncmp(text + length, ": ", 2) == 0 ? text + length + 2 : text;
}

static void report(void *context, const struct diagnostic *diagnostic)
{
	struct verification *verification = context;
	if (verification->silent)
		return;
	struct diagnostic placed = *diagnostic;
	if (!placed.path)
		placed.path = verification->path;
	placed.text = without_path(placed.text, placed.path);
	add_finding(verification, &placed);
}

/* About the setting of `key` that names another unit. */
static void find_about(struct verification *verification, enum diagnostic_severity severity,
		       const struct unit_definition *definition, const char *key, const char *other, const char *text)
{
	struct setting_place place;
	setting_place_find(definition, key, other, &place);
	add_finding(verification, &(struct diagnostic){ .severity = severity,
							.unit = definition->name,
							.path = place.path,
							.line = place.line,
							.column = place.column,
							.text = text });
}

/* The folders of the files come first: units that are shipped together are meant for each other. */
static char **search_path(const struct verification_targets *targets)
{
	char **defaults = loader_default_directories(geteuid() != 0), **directories = NULL;
	int result = defaults ? 0 : -ENOMEM;
	for (size_t i = 0; i < targets->count && result == 0; i++) {
		char *directory = targets->targets[i].directory ? realpath(targets->targets[i].directory, NULL) : NULL;
		if (directory && !string_list_contains(directories, directory))
			result = string_list_append(&directories, directory);
		free(directory);
	}
	for (char **directory = defaults; result == 0 && directory && *directory; directory++)
		result = string_list_append(&directories, *directory);
	string_list_free(defaults);
	if (result < 0)
		string_list_clear(&directories);
	return directories;
}

static bool has_finding(const struct verification *verification, size_t from, const char *severity)
{
	for (size_t i = from; i < json_array_size(verification->findings); i++) {
		const json_t *finding = json_array_get(verification->findings, i);
		if (strcmp(json_string_value(json_object_get(finding, "severity")), severity) == 0)
			return true;
	}
	return false;
}

static void find_unusable(struct verification *verification, const char *path, const char *text)
{
	add_finding(verification, &(struct diagnostic){ .path = path, .text = without_path(text, path) });
}

static void load_target(struct verification *verification, const struct verification_target *target)
{
	struct unit_definition *definition = NULL;
	struct cause cause = { 0 };
	size_t before = json_array_size(verification->findings);
	const char *what = target->path ? target->path : target->unit;
	unit_id id;
	verification->path = what;
	int result = target->path ? verify_file(verification->loader, target->path, &definition, &cause)
				  : verify_unit(verification->loader, target->unit, &definition, &cause);
	if (result < 0 || !definition) {
		find_unusable(verification, what, cause.text[0] ? cause.text : strerror(-result));
		return;
	}
	verification->definitions[verification->count++] = definition;
	if (definition->load_error && !has_finding(verification, before, "error"))
		find_unusable(verification, what, definition->load_error);
	core_define(verification->core, definition, &id);
}

/* Units that the files name, and what those name: only so are cycles through them seen. */
static void load_others(struct verification *verification)
{
	enum { UNITS_MAX = 20000 };
	unit_id stub = UNIT_ID_NONE;
	verification->silent = true;
	core_link(verification->core);
	while ((stub = core_next_stub(verification->core, stub)) != UNIT_ID_NONE &&
	       core_unit_count(verification->core) < UNITS_MAX) {
		struct unit_definition *definition = NULL;
		unit_id id;
		const char *name = core_unit(verification->core, stub)->definition->name;
		if (loader_load(verification->loader, name, &definition, NULL) < 0 || !definition)
			continue;
		core_define(verification->core, definition, &id);
		unit_definition_release(definition);
		core_link(verification->core);
	}
	verification->silent = false;
}

static bool is_requirement(enum dependency_kind kind)
{
	return kind == DEPENDENCY_REQUIRES || kind == DEPENDENCY_BINDS_TO || kind == DEPENDENCY_REQUISITE;
}

static void find_missing(struct verification *verification, const struct unit_definition *definition,
			 const struct dependency *dependency)
{
	char **nearest = NULL, text[512];
	const char *key = dependency_kind_name(dependency->kind);
	loader_suggest(verification->loader, dependency->name, &nearest);
	snprintf(text, sizeof(text), "%s=%s: no such unit is found, so that this one could not start%s%s%s", key,
		 dependency->name, nearest ? "; did you mean " : "", nearest ? *nearest : "", nearest ? "?" : "");
	find_about(verification, DIAGNOSTIC_WARNING, definition, key, dependency->name, text);
	string_list_free(nearest);
}

static void check_dependencies(struct verification *verification, const struct unit_definition *definition)
{
	for (size_t i = 0; i < definition->dependency_count; i++) {
		const struct dependency *dependency = &definition->dependencies[i];
		unit_id id = core_find(verification->core, dependency->name);
		const struct unit *other = id == UNIT_ID_NONE ? NULL : core_unit(verification->core, id);
		/* Devices have no files; they come and go with the hardware. */
		if (dependency->implicit || !is_requirement(dependency->kind) || !other ||
		    other->definition->type == UNIT_DEVICE || other->definition->load_state != LOAD_STATE_NOT_FOUND)
			continue;
		find_missing(verification, definition, dependency);
	}
}

/* Whether the words of a cycle name the unit. */
static bool is_on_cycle(const char *cycle, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = cycle; (at = strstr(at, name)); at++)
		if ((at == cycle || at[-1] == ' ' || at[-1] == '=') && strchr(" ;", at[length]))
			return true;
	return false;
}

/* The first of the named units that is on the cycle; NULL: it is a matter of others. */
static const struct unit_definition *on_cycle(const struct verification *verification, const char *cycle)
{
	for (size_t i = 0; i < verification->count; i++)
		if (is_on_cycle(cycle, verification->definitions[i]->name))
			return verification->definitions[i];
	return NULL;
}

static void check_cycles(struct verification *verification)
{
	for (size_t i = 0; i < core_cycle_count(verification->core); i++) {
		char text[1024];
		const char *cycle = core_cycle_text(verification->core, i);
		const struct unit_definition *definition = cycle ? on_cycle(verification, cycle) : NULL;
		if (!definition)
			continue;
		snprintf(text, sizeof(text), "dependency cycle: %s", cycle);
		add_finding(verification, &(struct diagnostic){ .severity = DIAGNOSTIC_ERROR,
								.unit = definition->name,
								.path = definition->fragment_path,
								.text = text });
	}
}

static void verify(struct verification *verification, const struct verification_targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		load_target(verification, &targets->targets[i]);
	load_others(verification);
	for (size_t i = 0; i < verification->count; i++)
		check_dependencies(verification, verification->definitions[i]);
	check_cycles(verification);
}

static bool verify_targets(struct verification *verification, const struct verification_targets *targets)
{
	char **directories = search_path(targets);
	struct loader_settings settings = {
		.directories = directories, .user_mode = geteuid() != 0, .report = report, .context = verification
	};
	verification->definitions =
		calloc(targets->count + 1, sizeof(struct unit_definition *)); /* NOLINT(bugprone-sizeof-expression) */
	verification->core = core_create(0);
	bool ready = directories && verification->findings && verification->definitions && verification->core &&
		     loader_create(&settings, &verification->loader) == 0;
	if (ready)
		verify(verification, targets);
	for (size_t i = 0; i < verification->count; i++)
		unit_definition_release(verification->definitions[i]);
	free(verification->definitions);
	if (verification->loader)
		loader_destroy(verification->loader);
	core_destroy(verification->core);
	string_list_free(directories);
	return ready;
}

json_t *verification_run(char *const *arguments, size_t count)
{
	struct verification verification = { .findings = json_array() };
	struct verification_targets targets = { 0 };
	bool done =
		verification_targets_find(&targets, arguments, count) == 0 && verify_targets(&verification, &targets);
	verification_targets_finish(&targets);
	if (done)
		return verification.findings;
	json_decref(verification.findings);
	return NULL;
}
