/* A definition as text, for comparison with what a test expects. */
#ifndef SVINIT_TESTS_UNIT_DUMP_H
#define SVINIT_TESTS_UNIT_DUMP_H

#include <stdio.h>

#include "supervisor/core/unit.h"

static inline void dump_list(FILE *to, const char *name, char *const *list)
{
	for (; list && *list; list++)
		fprintf(to, "%s=%s\n", name, *list);
}

static inline void dump_commands(FILE *to, const struct service_definition *service)
{
	static const char *const names[EXEC_PHASE_COUNT] = { "ExecCondition", "ExecStartPre", "ExecStart",
							     "ExecStartPost", "ExecReload",   "ExecReloadPost",
							     "ExecStop",      "ExecStopPost" };

	for (int phase = 0; phase < EXEC_PHASE_COUNT; phase++)
		for (unsigned i = 0; i < service->phases[phase].count; i++) {
			const struct exec_command *command = &service->phases[phase].commands[i];
			fprintf(to, "%s:%u flags=%x %s", names[phase], command->line, command->flags, command->path);
			for (char **word = command->argv; *word; word++)
				fprintf(to, " [%s]", *word);
			fputc('\n', to);
		}
}

static inline void dump_service(FILE *to, const struct service_definition *service)
{
	const struct service_options *options = service->options;
	const struct exec_options *exec = service->exec;

	fprintf(to, "type=%d restart=%d/%llu timeouts=%llu/%llu watchdog=%llu notify=%d kill=%d/%d remain=%d\n",
		service->type, options->restart, (unsigned long long)options->restart_delay,
		(unsigned long long)options->timeout_start, (unsigned long long)options->timeout_stop,
		(unsigned long long)options->watchdog, options->notify_access, options->kill_mode, options->kill_signal,
		options->remain_after_exit);
	if (options->pid_file)
		fprintf(to, "PIDFile=%s\n", options->pid_file);
	fprintf(to, "user=%s group=%s directory=%s umask=%04o\n", exec->user ? exec->user : "-",
		exec->group ? exec->group : "-", exec->working_directory ? exec->working_directory : "-",
		(unsigned)exec->umask);
	fprintf(to, "streams=%d:%s %d:%s %d:%s\n", exec->input.target, exec->input.path ? exec->input.path : "",
		exec->output.target, exec->output.path ? exec->output.path : "", exec->error.target,
		exec->error.path ? exec->error.path : "");
	for (int i = 0; i < (int)RLIM_NLIMITS; i++)
		if (exec->limits[i].set)
			fprintf(to, "limit %d=%llu:%llu\n", i, (unsigned long long)exec->limits[i].value.rlim_cur,
				(unsigned long long)exec->limits[i].value.rlim_max);
	if (exec->bounding_set_given || exec->ambient_set)
		fprintf(to, "capabilities=%llx ambient=%llx\n", (unsigned long long)exec->bounding_set,
			(unsigned long long)exec->ambient_set);
	dump_list(to, "SupplementaryGroups", exec->supplementary_groups);
	dump_list(to, "Environment", exec->environment);
	dump_list(to, "EnvironmentFile", exec->environment_files);
	for (int i = 0; i < DIRECTORY_KIND_COUNT; i++)
		dump_list(to, "Directory", exec->directories[i].names);
	if (exec->sandbox) {
		fprintf(to, "sandbox system=%d home=%d tmp=%d required=%d\n", exec->sandbox->protect_system,
			exec->sandbox->protect_home, exec->sandbox->private_tmp, exec->sandbox->required);
		dump_list(to, "ReadWritePaths", exec->sandbox->paths.read_write);
		dump_list(to, "SystemCallFilter", exec->sandbox->system_call_words);
	}
	dump_list(to, "not enforced", exec->not_enforced);
	if (exec->exec_search_path)
		fprintf(to, "ExecSearchPath=%s\n", exec->exec_search_path);
	for (unsigned i = 0; i < options->open_file_count; i++)
		fprintf(to, "OpenFile=%s:%s flags=%x\n", options->open_files[i].path, options->open_files[i].name,
			options->open_files[i].flags);
	dump_commands(to, service);
}

static inline void dump_resources(FILE *to, const struct resource_options *resources)
{
	for (int key = 0; resources && key < RESOURCE_KEY_COUNT; key++) {
		const struct resource_value *value = &resources->values[key];
		if (value->set)
			fprintf(to, "%s=%s%llu%s\n", resource_key_names[key], value->text ? value->text : "",
				(unsigned long long)value->value, value->relative ? "/10000" : "");
	}
	for (size_t i = 0; resources && i < resources->device_count; i++)
		fprintf(to, "%s=%s %llu\n", resource_key_names[resources->devices[i].key], resources->devices[i].path,
			(unsigned long long)resources->devices[i].value);
}

static inline void dump_definition(FILE *to, const struct unit_definition *definition)
{
	fprintf(to, "%s %s\n", definition->name, load_state_name(definition->load_state));
	if (definition->load_error)
		fprintf(to, "error: %s\n", definition->load_error);
	if (definition->description)
		fprintf(to, "Description=%s\n", definition->description);
	dump_list(to, "alias", definition->aliases);
	for (size_t i = 0; i < definition->dependency_count; i++)
		fprintf(to, "%s=%s%s\n", dependency_kind_name(definition->dependencies[i].kind),
			definition->dependencies[i].name, definition->dependencies[i].implicit ? " (implicit)" : "");
	for (size_t i = 0; i < definition->options->condition_count; i++) {
		const struct condition *condition = &definition->options->conditions[i];
		fprintf(to, "condition %d %d%d%d %s\n", condition->type, condition->assertion, condition->trigger,
			condition->negate, condition->parameter);
	}
	if (definition->install) {
		dump_list(to, "Alias", definition->install->aliases);
		dump_list(to, "WantedBy", definition->install->wanted_by);
	}
	dump_resources(to, definition->resources);
	if (definition->service)
		dump_service(to, definition->service);
}

#endif
