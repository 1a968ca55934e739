/* supervisord.conf: its sections, files that it includes, groups and order; programs are import_program.c's. */
#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "common/unit_name.h"
#include "ctl/import_expand.h"
#include "ctl/import_program.h"

enum { INCLUDE_MAX = 1000 };

static char *folder_of(const char *path)
{
	char *copy = realpath(path, NULL), *folder;
	if (!copy)
		return strdup(".");
	folder = strdup(dirname(copy));
	free(copy);
	return folder;
}

static void include_pattern(struct supervisord *conf, const struct ini_key *key, const char *path, const char *pattern)
{
	char whole[PATH_MAX];
	glob_t found = { 0 };
	struct cause cause = { 0 };
	int length = *pattern == '/' ? snprintf(whole, sizeof(whole), "%s", pattern)
				     : snprintf(whole, sizeof(whole), "%s/%s", conf->here, pattern);
	if (length >= (int)sizeof(whole) || glob(whole, 0, NULL, &found) != 0)
		import_remark(conf->import, REMARK_NOTE, path, key->line, "files=%s: there is no such file", pattern);
	for (size_t i = 0; i < found.gl_pathc && conf->included < INCLUDE_MAX; i++, conf->included++)
		if (ini_read(&conf->ini, found.gl_pathv[i], &cause) < 0)
			import_remark(conf->import, REMARK_LOST, path, key->line, "%s", cause.text);
	globfree(&found);
}

/* supervisord itself looks for [include] in its first file only. */
static void read_included(struct supervisord *conf)
{
	size_t count = conf->ini.section_count;
	for (size_t i = 0; i < count; i++) {
		const struct ini_section *section = &conf->ini.sections[i];
		const struct ini_key *key = strcmp(section->kind, "include") == 0 ? ini_find(section, "files") : NULL;
		struct expansion expansion = { .here = conf->here };
		const char *path = section->path;
		char **patterns = NULL, *text = key ? expand_text(&expansion, key->value) : NULL;
		char *rest = text, *pattern;
		while ((pattern = strsep(&rest, " \t\n")))
			if (*pattern && string_list_append(&patterns, pattern) < 0)
				conf->import->no_memory = true;
		struct ini_key copy = key ? *key : (struct ini_key){ 0 }; /* reading moves the sections */
		for (char **each = patterns; each && *each; each++)
			include_pattern(conf, &copy, path, *each);
		string_list_free(patterns);
		free(text);
		expansion_finish(&expansion);
	}
}

static const struct ini_section *find_section(const struct supervisord *conf, const char *kind)
{
	for (size_t i = 0; i < conf->ini.section_count; i++)
		if (strcmp(conf->ini.sections[i].kind, kind) == 0)
			return &conf->ini.sections[i];
	return NULL;
}

/* The group that a program belongs to; NULL: one of its own. */
static const struct ini_section *group_of(const struct supervisord *conf, const char *program)
{
	for (size_t i = 0; i < conf->ini.section_count; i++) {
		const struct ini_section *section = &conf->ini.sections[i];
		if (strcmp(section->kind, "group") != 0)
			continue;
		char *copy = strdup(ini_value(section, "programs", "")), *rest = copy, *name;
		bool found = false;
		while (!found && rest && (name = strsep(&rest, ", \t\n")))
			found = strcmp(name, program) == 0;
		free(copy);
		if (found)
			return section;
	}
	return NULL;
}

static void import_programs(struct supervisord *conf)
{
	for (size_t i = 0; i < conf->ini.section_count; i++) {
		const struct ini_section *section = &conf->ini.sections[i];
		if (strcmp(section->kind, "program") == 0)
			import_program(conf, section, group_of(conf, section->name));
	}
}

/* Programs of lower priority start before those of higher ones, and stop after them. */
static void import_order(struct supervisord *conf)
{
	for (size_t i = 0; i < conf->process_count; i++) {
		long before = LONG_MIN;
		for (size_t j = 0; j < conf->process_count; j++)
			if (conf->processes[j].priority < conf->processes[i].priority &&
			    conf->processes[j].priority > before)
				before = conf->processes[j].priority;
		for (size_t j = 0; j < conf->process_count && before != LONG_MIN; j++)
			if (conf->processes[j].priority == before)
				import_set(conf->import, conf->processes[i].unit, IMPORT_UNIT, "After", "%s",
					   conf->processes[j].unit->name);
	}
}

static const char *replacement(const char *kind)
{
	static const struct {
		const char *kind, *text;
	} rows[] = {
		{ "unix_http_server", "svctl speaks to svinit's own socket" },
		{ "inet_http_server", "there is no server in svinit; svctl -H goes through ssh" },
		{ "supervisorctl", "svctl takes its place" },
		{ "rpcinterface", "svinit's interface is org.svinit.Supervisor, over varlink" },
		{ "ctlplugin", "svctl has no plug-ins" },
		{ "eventlistener",
		  "events are told by svctl monitor, in another form: the program has to be rewritten" },
		{ "fcgi-program", "write a socket unit, and a service with StandardInput=socket" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i].kind, kind) == 0)
			return rows[i].text;
	return NULL;
}

static void remark_section(struct supervisord *conf, const struct ini_section *section)
{
	const char *text = replacement(section->kind), *colon = *section->name ? ":" : "";
	bool service = strcmp(section->kind, "eventlistener") == 0 || strcmp(section->kind, "fcgi-program") == 0;
	import_remark(conf->import, service || !text ? REMARK_LOST : REMARK_NOTE, section->path, section->line,
		      "[%s%s%s] is not carried over: %s", section->kind, colon, section->name,
		      text ? text : "an unknown section");
	for (size_t i = 0; (service || !text) && i < section->key_count; i++)
		import_remark(conf->import, REMARK_LOST, section->path, section->keys[i].line,
			      "%s= is not carried over, for its section is not", section->keys[i].name);
}

/* Settings of supervisord as a process; svinit has options of its own for them. */
static void remark_supervisord(struct supervisord *conf, const struct ini_section *section)
{
	for (size_t i = 0; i < section->key_count; i++)
		if (!section->keys[i].used)
			import_remark(conf->import, REMARK_NOTE, section->path, section->keys[i].line,
				      "%s= is about supervisord itself and is not carried over: see svinit(8)",
				      section->keys[i].name);
}

static void remark_unused(struct supervisord *conf, const struct ini_section *section)
{
	for (size_t i = 0; i < section->key_count; i++)
		if (!section->keys[i].used)
			import_remark(conf->import, REMARK_LOST, section->path, section->keys[i].line,
				      "%s= is not carried over: there is nothing like it", section->keys[i].name);
}

static void remark_rest(struct supervisord *conf)
{
	for (size_t i = 0; i < conf->ini.section_count; i++) {
		const struct ini_section *section = &conf->ini.sections[i];
		if (strcmp(section->kind, "supervisord") == 0)
			remark_supervisord(conf, section);
		else if (strcmp(section->kind, "program") == 0 || strcmp(section->kind, "group") == 0 ||
			 strcmp(section->kind, "include") == 0)
			remark_unused(conf, section);
		else
			remark_section(conf, section);
	}
	for (char **problem = conf->ini.problems; problem && *problem; problem++) {
		unsigned line = 0;
		char *colon = strchr(*problem, ':');
		if (colon && sscanf(colon, ":%u: ", &line) == 1)
			*colon = '\0';
		import_remark(conf->import, REMARK_LOST, *problem, line, "this line is %s",
			      "neither a section nor a key, and is left out");
	}
}

/* Each group is a target that stands for its programs. */
static void import_groups(struct supervisord *conf)
{
	for (size_t i = 0; i < conf->ini.section_count; i++) {
		const struct ini_section *section = &conf->ini.sections[i];
		if (strcmp(section->kind, "group") != 0)
			continue;
		ini_find(section, "programs");
		struct imported_unit *target = import_add(conf->import, section->name, ".target");
		import_set(conf->import, target, IMPORT_UNIT, "Description", "Group %s", section->name);
		import_enable(conf->import, target);
	}
}

int import_supervisord(struct import *import, const char *path, struct cause *cause)
{
	struct supervisord conf = { .import = import, .here = folder_of(path) };
	int result = conf.here ? ini_read(&conf.ini, path, cause) : cause_set(cause, ENOMEM, "out of memory");
	if (result == 0) {
		read_included(&conf);
		conf.own = find_section(&conf, "supervisord");
		import_groups(&conf);
		import_programs(&conf);
		import_order(&conf);
		remark_rest(&conf);
	}
	ini_finish(&conf.ini);
	free(conf.processes);
	free(conf.here);
	return result;
}
