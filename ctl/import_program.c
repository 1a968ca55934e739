#include "ctl/import_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/import_expand.h"
#include "ctl/import_program_keys.h"

enum { PROCESSES_MAX = 1000, PRIORITY_DEFAULT = 999 };

static int number_of(const struct ini_section *section, const char *name, int otherwise)
{
	const struct ini_key *key = ini_find(section, name);
	return key ? atoi(key->value) : otherwise;
}

static void keep_process(struct supervisord *conf, struct imported_unit *unit, long priority)
{
	struct imported_process *processes = reallocarray(conf->processes, conf->process_count + 1, sizeof(*processes));
	if (!processes || !unit) {
		conf->processes = processes ? processes : conf->processes;
		conf->import->no_memory = true;
		return;
	}
	conf->processes = processes;
	processes[conf->process_count++] = (struct imported_process){ .unit = unit, .priority = priority };
}

static long priority_of(const struct ini_section *program, const struct ini_section *group)
{
	int own = number_of(program, "priority", PRIORITY_DEFAULT);
	return (group ? number_of(group, "priority", PRIORITY_DEFAULT) : own) * 1000000L + own;
}

static void join_target(struct supervisord *conf, struct imported_unit *unit, const char *stem, bool wanted)
{
	char name[256];
	snprintf(name, sizeof(name), "%s.target", stem);
	struct imported_unit *target = import_find(conf->import, name);
	if (!target || !unit)
		return;
	if (wanted)
		import_set(conf->import, target, IMPORT_UNIT, "Wants", "%s", unit->name);
	import_set(conf->import, unit, IMPORT_UNIT, "PartOf", "%s", target->name);
}

static void import_process(struct program_process *process, const char *target)
{
	struct supervisord *conf = process->conf;
	const struct ini_section *program = process->program;
	char *name = process->expansion.process_count > 1
			     ? expand_text(&process->expansion, ini_value(program, "process_name", "%(program_name)s"))
			     : strdup(program->name);
	process->unit = name ? import_add(conf->import, name, ".service") : NULL;
	if (process->expansion.process_count > 1)
		import_set(conf->import, process->unit, IMPORT_UNIT, "Description", "%s, process %d", program->name,
			   process->expansion.process_number);
	else
		import_set(conf->import, process->unit, IMPORT_UNIT, "Description", "%s", program->name);
	free(name);
	program_keys_carry(process);
	bool start = program_is_true(process, "autostart", true);
	if (target)
		join_target(conf, process->unit, target, start);
	else if (start)
		import_enable(conf->import, process->unit);
	if (!start && process->first)
		import_remark(conf->import, REMARK_NOTE, program->path, ini_find(program, "autostart")->line,
			      "autostart=false: the unit has no [Install]; in a run directory of svinit it would start "
			      "all the same");
	keep_process(conf, process->unit, priority_of(program, process->group));
}

/* Several processes without a group are told to start and stop through a target of their own. */
static const char *target_of(struct supervisord *conf, const struct ini_section *program,
			     const struct ini_section *group, int count)
{
	if (group)
		return group->name;
	if (count < 2)
		return NULL;
	struct imported_unit *target = import_add(conf->import, program->name, ".target");
	import_set(conf->import, target, IMPORT_UNIT, "Description", "%s, %d processes", program->name, count);
	import_enable(conf->import, target);
	return program->name;
}

void import_program(struct supervisord *conf, const struct ini_section *program, const struct ini_section *group)
{
	int count = number_of(program, "numprocs", 1), first = number_of(program, "numprocs_start", 0);
	if (count < 1 || count > PROCESSES_MAX) {
		import_remark(conf->import, REMARK_LOST, program->path, program->line,
			      "[program:%s]: numprocs is not between 1 and %d", program->name, PROCESSES_MAX);
		return;
	}
	ini_find(program, "process_name");
	const char *target = target_of(conf, program, group, count);
	for (int i = 0; i < count; i++) {
		struct program_process process = {
			.conf = conf,
			.program = program,
			.group = group,
			.first = i == 0,
			.expansion = { .here = conf->here,
				       .program_name = program->name,
				       .group_name = group ? group->name : program->name,
				       .process_number = first + i,
				       .process_count = count,
				       .late = false },
		};
		import_process(&process, target);
		expansion_finish(&process.expansion);
	}
}
