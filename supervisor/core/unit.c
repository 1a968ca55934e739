/* Definitions: made by load/, shared by reference, freed by the last one who needs them. */
#include "supervisor/core/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/hash.h"

#include "common/calendar.h"
#include "common/string_list.h"

static bool make_service(struct unit_definition *definition)
{
	definition->service = calloc(1, sizeof *definition->service);
	if (!definition->service)
		return false;
	definition->service->options = &service_options_default;
	definition->service->exec = &exec_options_default;
	return true;
}

static bool make_timer(struct unit_definition *definition)
{
	definition->timer = calloc(1, sizeof *definition->timer);
	if (!definition->timer)
		return false;
	definition->timer->accuracy = 60 * USEC_PER_SEC;
	definition->timer->remain_after_elapse = true;
	return true;
}

static bool make_socket(struct unit_definition *definition)
{
	struct socket_definition *socket = calloc(1, sizeof *socket);

	definition->socket = socket;
	if (!socket)
		return false;
	socket->mode = 0666;
	socket->directory_mode = 0755;
	socket->backlog = INT32_MAX;
	socket->trigger_limit_interval = 2 * USEC_PER_SEC;
	socket->trigger_limit_burst = 20;
	return true;
}

/* What units of the type have besides. */
static bool make_part(struct unit_definition *definition)
{
	switch (definition->type) {
	case UNIT_SERVICE:
		return make_service(definition);
	case UNIT_TIMER:
		return make_timer(definition);
	case UNIT_SOCKET:
		return make_socket(definition);
	default:
		return true;
	}
}

struct unit_definition *unit_definition_create(const char *name, enum unit_type type)
{
	struct unit_definition *definition = calloc(1, sizeof *definition);

	if (!definition)
		return NULL;
	definition->references = 1;
	definition->type = type;
	definition->load_state = LOAD_STATE_STUB;
	definition->default_dependencies = true;
	definition->options = &unit_options_default;
	definition->name = strdup(name);
	if (definition->name && make_part(definition))
		return definition;
	unit_definition_release(definition);
	return NULL;
}

struct unit_definition *unit_definition_reference(struct unit_definition *definition)
{
	definition->references++;
	return definition;
}

static void free_list(char **list)
{
	for (char **item = list; item && *item; item++)
		free(*item);
	free(list);
}

static void free_unit_options(const struct unit_options *shared)
{
	struct unit_options *options = (struct unit_options *)shared;

	if (shared == &unit_options_default)
		return;
	free_list(options->documentation);
	for (size_t i = 0; i < options->condition_count; i++)
		free(options->conditions[i].parameter);
	free(options->conditions);
	free(options);
}

/* Shared copies, each in the slot of its hash; who comes to a taken one keeps his own. */
enum { SHARED_SLOTS = 64 };
static struct service_options *shared_options[SHARED_SLOTS];

static struct service_options **shared_slot(const struct service_options *options)
{
	uint32_t hash = hash_bytes((const char *)options, offsetof(struct service_options, references));

	return &shared_options[hash % SHARED_SLOTS];
}

static bool can_be_shared(const struct service_options *options)
{
	return options != &service_options_default && options->references == 0 && !options->pid_file &&
	       !options->bus_name && !options->sockets && !options->open_files;
}

void unit_definition_share_options(struct unit_definition *definition)
{
	struct service_options *own =
		definition->service ? (struct service_options *)definition->service->options : NULL;

	if (!own || !can_be_shared(own))
		return;
	struct service_options **slot = shared_slot(own);
	if (!*slot) {
		*slot = own;
	} else if (memcmp(*slot, own, offsetof(struct service_options, references)) == 0) {
		definition->service->options = *slot;
		free(own);
	} else {
		return;
	}
	(*slot)->references++;
}

/* True: nobody shares it any more. */
static bool leave_shared(struct service_options *options)
{
	if (options->references == 0)
		return true;
	if (--options->references > 0)
		return false;
	struct service_options **slot = shared_slot(options);
	if (*slot == options)
		*slot = NULL;
	return true;
}

static void free_service_options(const struct service_options *shared)
{
	struct service_options *options = (struct service_options *)shared;

	if (!shared || shared == &service_options_default || !leave_shared(options))
		return;
	free(options->pid_file);
	free(options->bus_name);
	for (unsigned i = 0; i < options->open_file_count; i++) {
		free(options->open_files[i].path);
		free(options->open_files[i].name);
	}
	free(options->open_files);
	free_list(options->sockets);
	free(options);
}

static void free_exec_words(struct exec_options *options)
{
	free(options->user);
	free(options->group);
	free_list(options->supplementary_groups);
	free(options->working_directory);
	free(options->root_directory);
	free(options->exec_search_path);
	free(options->tty_path);
	free(options->syslog_identifier);
	free(options->log_prefix);
	string_list_free(options->log_extra_fields);
	string_list_free(options->log_filter_patterns);
	free(options->slice);
	free_list(options->not_enforced);
}

static void free_exec_options(const struct exec_options *shared)
{
	struct exec_options *options = (struct exec_options *)shared;

	if (!shared || shared == &exec_options_default)
		return;
	free_exec_words(options);
	if (options->sandbox)
		sandbox_finish(options->sandbox);
	free(options->sandbox);
	free(options->placement);
	free_list(options->environment);
	free_list(options->environment_files);
	free_list(options->pass_environment);
	free_list(options->unset_environment);
	free(options->input.path);
	free(options->output.path);
	free(options->error.path);
	for (unsigned kind = 0; kind < DIRECTORY_KIND_COUNT; kind++)
		free_list(options->directories[kind].names);
	free(options);
}

static void free_commands(struct exec_command_list *list)
{
	for (unsigned i = 0; i < list->count; i++) {
		const struct exec_command *command = &list->commands[i];
		if (!command->argv || command->argv[0] != command->path)
			free(command->path);
		free_list(command->argv);
	}
	free(list->commands);
}

static void free_service(struct service_definition *service)
{
	if (!service)
		return;
	free_service_options(service->options);
	free_exec_options(service->exec);
	for (unsigned phase = 0; phase < EXEC_PHASE_COUNT; phase++)
		free_commands(&service->phases[phase]);
	free(service);
}

static void free_timer(struct timer_definition *timer)
{
	if (!timer)
		return;
	for (size_t i = 0; i < timer->line_count; i++)
		calendar_free(timer->lines[i].calendar);
	free(timer->lines);
	free(timer);
}

static void free_socket(struct socket_definition *socket)
{
	if (!socket)
		return;
	for (size_t i = 0; i < socket->listen_count; i++)
		free(socket->listens[i].address);
	free(socket->listens);
	free(socket->user);
	free(socket->group);
	free(socket->descriptor_name);
	free(socket->bind_to_device);
	free_list(socket->symlinks);
	free(socket);
}

static void free_install(struct install_options *install)
{
	if (!install)
		return;
	free_list(install->aliases);
	free_list(install->wanted_by);
	free_list(install->required_by);
	free_list(install->upheld_by);
	free_list(install->also);
	free(install->default_instance);
	free(install);
}

void unit_definition_release(struct unit_definition *definition)
{
	if (!definition || --definition->references > 0)
		return;
	free(definition->name);
	free_list(definition->aliases);
	free(definition->description);
	free(definition->fragment_path);
	free_list(definition->drop_in_paths);
	free(definition->load_error);
	for (size_t i = 0; i < definition->dependency_count; i++)
		if (!definition->dependencies[i].known)
			free(definition->dependencies[i].name);
	free(definition->dependencies);
	free_unit_options(definition->options);
	free_install(definition->install);
	resource_options_free(definition->resources);
	free_service(definition->service);
	free_timer(definition->timer);
	free_socket(definition->socket);
	free(definition);
}

static void *own_copy(const void *shared, size_t size)
{
	void *copy = malloc(size);

	return copy ? memcpy(copy, shared, size) : NULL;
}

struct unit_options *unit_definition_own_options(struct unit_definition *definition)
{
	if (definition->options == &unit_options_default) {
		struct unit_options *own = own_copy(definition->options, sizeof *own);

		if (!own)
			return NULL;
		definition->options = own;
	}
	return (struct unit_options *)definition->options;
}

struct service_options *unit_definition_own_service_options(struct unit_definition *definition)
{
	struct service_definition *service = definition->service;

	if (!service)
		return NULL;
	if (service->options == &service_options_default || service->options->references > 0) {
		struct service_options *own = own_copy(service->options, sizeof *own);

		if (!own)
			return NULL;
		own->references = 0;
		free_service_options(service->options);
		service->options = own;
	}
	return (struct service_options *)service->options;
}

struct exec_options *unit_definition_own_exec_options(struct unit_definition *definition)
{
	struct service_definition *service = definition->service;

	if (!service)
		return NULL;
	if (service->exec == &exec_options_default) {
		struct exec_options *own = own_copy(service->exec, sizeof *own);

		if (!own)
			return NULL;
		service->exec = own;
	}
	return (struct exec_options *)service->exec;
}

struct sandbox *unit_definition_own_sandbox(struct unit_definition *definition)
{
	struct exec_options *exec = unit_definition_own_exec_options(definition);

	if (exec && !exec->sandbox)
		exec->sandbox = calloc(1, sizeof *exec->sandbox);
	return exec ? exec->sandbox : NULL;
}

bool exit_status_set_has_status(const struct exit_status_set *set, int status)
{
	return status >= 0 && status <= 255 && (set->statuses[status / 64] >> (status % 64) & 1);
}

bool exit_status_set_has_signal(const struct exit_status_set *set, int signal)
{
	return signal >= 1 && signal <= 64 && (set->signals >> (signal - 1) & 1);
}
