#include "supervisor/load/unit_load.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hash.h"
#include "common/unit_name.h"
#include "supervisor/load/loader_internal.h"
#include "supervisor/load/unit_file.h"

enum { REPORT_TEXT_MAX = 1024, DEPENDENCY_MAX = 1 << 20, WARNINGS_MAX = 100 };

static void report_text(struct unit_load *load, enum diagnostic_severity severity, const char *text)
{
	const struct loader_settings *settings = &load->loader->settings;
	struct diagnostic diagnostic = {
		.severity = severity,
		.unit = load->definition->name,
		.path = load->path,
		.line = load->line,
		.column = load->column,
		.text = text,
	};

	/* A file of garbage must not flood the log. */
	if (severity != DIAGNOSTIC_ERROR && ++load->warnings > WARNINGS_MAX)
		return;
	if (load->warnings == WARNINGS_MAX && severity != DIAGNOSTIC_ERROR)
		diagnostic.text = "too many findings, further ones about this unit are left out";
	if (settings->report)
		settings->report(settings->context, &diagnostic);
}

void load_report(struct unit_load *load, enum diagnostic_severity severity, const char *format, ...)
{
	char text[REPORT_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	report_text(load, severity, text);
}

char *load_describe(const struct unit_load *load, const char *text)
{
	char *whole = NULL;
	int n;

	if (!load->path)
		return strdup(text);
	if (load->line > 0)
		n = asprintf(&whole, "%s:%u: %s", load->path, load->line, text);
	else
		n = asprintf(&whole, "%s: %s", load->path, text);
	return n < 0 ? NULL : whole;
}

void load_reject(struct unit_load *load, const char *format, ...)
{
	char text[REPORT_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	report_text(load, DIAGNOSTIC_ERROR, text);
	load->definition->load_state = LOAD_STATE_BAD_SETTING;
	if (!load->definition->load_error)
		load->definition->load_error = load_describe(load, text);
}

static int append_dependency(struct unit_definition *definition, const struct dependency *dependency)
{
	size_t count = definition->dependency_count;

	if (count >= DEPENDENCY_MAX)
		return -E2BIG;
	/* Room grows in powers of two from 8 on. */
	if (count == 0 || (count >= 8 && (count & (count - 1)) == 0)) {
		size_t room = count == 0 ? 8 : 2 * count;
		struct dependency *grown = realloc(definition->dependencies, room * sizeof *grown);
		if (!grown)
			return -ENOMEM;
		definition->dependencies = grown;
	}
	definition->dependencies[definition->dependency_count++] = *dependency;
	return 0;
}

int load_add_dependency(struct unit_load *load, enum dependency_kind kind, const char *name, bool implicit)
{
	struct dependency dependency = { .kind = (uint8_t)kind, .implicit = implicit };

	if (strcmp(name, load->definition->name) == 0)
		return 0;
	dependency.name = strdup(name);
	int r = dependency.name ? append_dependency(load->definition, &dependency) : -ENOMEM;
	if (r < 0)
		free(dependency.name);
	return r == -E2BIG ? 0 : r;
}

int load_add_known_dependency(struct unit_load *load, enum dependency_kind kind, const char *name)
{
	struct dependency dependency = { .kind = (uint8_t)kind, .implicit = true, .known = true, .name = (char *)name };

	if (strcmp(name, load->definition->name) == 0)
		return 0;
	int r = append_dependency(load->definition, &dependency);
	return r == -E2BIG ? 0 : r;
}

static int compare_dependencies(const void *left, const void *right)
{
	const struct dependency *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	int order = strcmp(a->name, b->name);
	return order != 0 ? order : (int)a->implicit - (int)b->implicit;
}

/* Most units have few, and they come nearly in order. */
static void sort(struct dependency *all, size_t count)
{
	enum { FEW = 64 };

	if (count > FEW) {
		qsort(all, count, sizeof *all, compare_dependencies);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct dependency item = all[i];
		size_t at = i;
		for (; at > 0 && compare_dependencies(&all[at - 1], &item) > 0; at--)
			all[at] = all[at - 1];
		all[at] = item;
	}
}

static void free_name(struct dependency *dependency)
{
	if (!dependency->known)
		free(dependency->name);
}

void load_sort_dependencies(struct unit_definition *definition)
{
	struct dependency *all = definition->dependencies;
	size_t kept = 0;

	if (definition->dependency_count == 0)
		return;
	sort(all, definition->dependency_count);
	for (size_t i = 0; i < definition->dependency_count; i++) {
		if (kept > 0 && all[kept - 1].kind == all[i].kind && strcmp(all[kept - 1].name, all[i].name) == 0)
			free_name(&all[i]);
		else
			all[kept++] = all[i];
	}
	definition->dependency_count = kept;
	struct dependency *fitted = realloc(all, kept * sizeof *all);
	if (fitted)
		definition->dependencies = fitted;
}

bool load_has_dependency(const struct unit_definition *definition, enum dependency_kind kind, const char *name)
{
	for (size_t i = 0; i < definition->dependency_count; i++)
		if (definition->dependencies[i].kind == kind && strcmp(definition->dependencies[i].name, name) == 0)
			return true;
	return false;
}

/* "foo@.service" named by an instance stands for its sister with the same instance. */
static bool fill_template(const char *owner, char *name)
{
	char instance[UNIT_NAME_MAX + 1], filled[UNIT_NAME_MAX + 1];

	if (!unit_name_is_template(name))
		return true;
	if (!unit_name_instance(owner, instance) || (!*instance && !unit_name_prefix(owner, instance)))
		return false;
	if (!unit_name_make_instance(name, instance, filled))
		return false;
	unit_name_copy(filled, name);
	return true;
}

bool load_resolve_unit_name(struct unit_load *load, const char *word, char *name)
{
	char *resolved;

	if (!strchr(word, '%')) {
		if (!unit_name_is_valid(word))
			return false;
		unit_name_copy(word, name);
		return fill_template(load->definition->name, name);
	}
	if (specifiers_resolve(&load->specifiers, word, &resolved) < 0)
		return false;
	bool valid = unit_name_is_valid(resolved);
	if (valid)
		unit_name_copy(resolved, name);
	free(resolved);
	return valid && fill_template(load->definition->name, name);
}

static uint64_t stir(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/*
 * As FNV-1a, but sixteen bytes at a time and stirred, and the length with them: files are small, and nobody gains by
 * making two versions of his own unit look the same.
 */
void load_hash(struct unit_load *load, const void *data, size_t size)
{
	const unsigned char *bytes = data;
	uint64_t hash = load->hash, other = UINT64_C(0xd6e8feb86659fd93) ^ size, words[2];

	for (; size >= sizeof words; size -= sizeof words, bytes += sizeof words) {
		memcpy(words, bytes, sizeof words);
		hash = stir(hash, words[0]);
		other = stir(other, words[1]);
	}
	memset(words, 0, sizeof words);
	memcpy(words, bytes, size);
	other = stir(other, words[1]);
	load->hash = stir(stir(hash, words[0]), other << 29 | other >> 35);
}

void load_hash_text(struct unit_load *load, const char *text)
{
	load_hash(load, text, strlen(text) + 1);
}

static void enter_section(struct unit_load *load, const char *name)
{
	enum unit_type type = load->definition->type;
	bool silent = strncmp(name, "X-", 2) == 0;

	size_t length = strnlen(name, sizeof load->section_name - 1);
	memcpy(load->section_name, name, length);
	load->section_name[length] = '\0';
	load->section = section_find(name, type);
	if (load->section || silent)
		return;
	for (size_t i = 0; i < section_count; i++)
		if (strcmp(sections[i].name, name) == 0) {
			load_report(load, DIAGNOSTIC_WARNING, "section [%s] does not belong in a %s unit, left out",
				    name, unit_type_name(type));
			return;
		}
	const char *near = section_suggest(name, type);
	if (near)
		load_report(load, DIAGNOSTIC_WARNING, "unknown section [%s], left out; did you mean [%s]?", name, near);
	else
		load_report(load, DIAGNOSTIC_WARNING, "unknown section [%s], left out", name);
}

static void report_unknown_key(struct unit_load *load, const char *name)
{
	if (strncmp(name, "X-", 2) == 0)
		return;
	if (!unit_file_name_is_plain(name, strlen(name))) {
		load_report(load, DIAGNOSTIC_WARNING, "this is not a key, left out");
		return;
	}
	const char *home = key_home(name, load->definition->type);
	const char *near = home ? NULL : key_suggest(load->section, name);
	if (home)
		load_report(load, DIAGNOSTIC_WARNING, "%s= belongs in [%s], not in [%s]; left out", name, home,
			    load->section_name);
	else if (near)
		load_report(load, DIAGNOSTIC_WARNING, "unknown key %s= in [%s], left out; did you mean %s=?", name,
			    load->section_name, near);
	else
		load_report(load, DIAGNOSTIC_WARNING, "unknown key %s= in [%s], left out", name, load->section_name);
}

/* Only the verifier wants to hear what holds and what does not; at run time it would be noise. */
static void explain_key(struct unit_load *load, const struct key *key)
{
	if (!load->loader->explain)
		return;
	if (key->class == KEY_IGNORED)
		load_report(load, DIAGNOSTIC_NOTE, "%s= is ignored%s%s", key->name, key->note ? ": " : "",
			    key->note ? key->note : "");
	else if (key->class == KEY_SUPPORTED && key->note)
		load_report(load, DIAGNOSTIC_NOTE, "%s= is an old name: %s", key->name, key->note);
}

static void add_to_hash(struct unit_load *load, uint64_t *hash, const struct assignment *assignment)
{
	uint64_t own = load->hash;

	load->hash = *hash ^ load->section_seed;
	load_hash_text(load, assignment->key);
	load_hash_text(load, assignment->value);
	uint64_t result = load->hash;
	load->hash = own;
	*hash = result;
}

/* Comments and space mean nothing, and [Install] is for those who enable: neither makes another unit. */
static void hash_assignment(struct unit_load *load, const struct assignment *assignment, const struct key *key)
{
	if (!load->section_seed)
		return;
	add_to_hash(load, &load->hash, assignment);
	if (!key || !key_is_limit(key))
		add_to_hash(load, &load->running_hash, assignment);
}

static int assign(void *context, const struct assignment *assignment)
{
	struct unit_load *load = context;

	load->line = assignment->line;
	load->column = assignment->column;
	if (assignment->section != load->section_text) {
		load->section_text = assignment->section;
		load->section_seed = strcmp(assignment->section, "Install") == 0
					     ? 0
					     : hash_bytes(assignment->section, strlen(assignment->section)) | 1;
		if (strcmp(assignment->section, load->section_name) != 0 || !*load->section_name)
			enter_section(load, assignment->section);
	}
	if (!load->section)
		return 0;
	const struct key *key = key_find(load->section, assignment->key);
	hash_assignment(load, assignment, key);
	if (!key) {
		report_unknown_key(load, assignment->key);
		return 0;
	}
	explain_key(load, key);
	/* Types that do not run yet: their own keys are known, nothing is made of them. */
	bool foreign = !load->definition->service && (key->place == PLACE_SERVICE || key->place == PLACE_EXEC ||
						      key->place == PLACE_SERVICE_DEFINITION);
	return key->read && !foreign ? key->read(load, key, assignment->value) : 0;
}

static void complain(void *context, unsigned line, unsigned column, const char *text)
{
	struct unit_load *load = context;

	load->line = line;
	load->column = column;
	load_report(load, DIAGNOSTIC_WARNING, "%s", text);
}

int load_parse_text(struct unit_load *load, const char *path, char *text, size_t length)
{
	const struct unit_file_handler handler = { .assign = assign, .complain = complain, .context = load };

	load->path = path;
	load->section_text = NULL;
	*load->section_name = '\0';
	int r = unit_file_parse(text, length, &handler);
	if (r == -EINVAL || r == -EMSGSIZE)
		load_reject(load, "%s",
			    r == -EINVAL ? "is no text in UTF-8, or has NUL bytes" : "a line is longer than 1 MiB");
	load->path = NULL;
	load->line = load->column = 0;
	return r == -ENOMEM ? r : 0;
}

bool load_explains(const struct unit_load *load)
{
	return load->loader->explain;
}
