/* Exec…=: command lines of systemd.service(5). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"
#include "supervisor/load/words.h"

enum { COMMANDS_MAX = 1024 };

/* The path may be the first word itself. */
static void free_command(struct exec_command *command)
{
	if (!command->argv || command->argv[0] != command->path)
		free(command->path);
	string_list_free(command->argv);
}

static void clear_commands(struct exec_command_list *list)
{
	for (unsigned i = 0; i < list->count; i++)
		free_command(&list->commands[i]);
	free(list->commands);
	*list = (struct exec_command_list){ 0 };
}

static bool is_separator(const char *text)
{
	return text[0] == ';' && (text[1] == '\0' || text[1] == ' ' || text[1] == '\t');
}

static bool is_escaped_separator(const char *text)
{
	return text[0] == '\\' && is_separator(text + 1);
}

static char *skip_space(char *text)
{
	return text + strspn(text, " \t");
}

/* The prefixes in front of the program. False for ones that exclude each other. */
static bool take_prefixes(char **word, unsigned char *flags)
{
	for (;; (*word)++) {
		unsigned char flag = 0;
		switch (**word) {
		case '-':
			flag = EXEC_IGNORE_FAILURE;
			break;
		case '@':
			flag = EXEC_ARGV0_GIVEN;
			break;
		case ':':
			flag = EXEC_NO_EXPAND;
			break;
		case '+':
			flag = EXEC_FULLY_PRIVILEGED;
			break;
		case '!':
			flag = *flags & EXEC_NO_SETUID ? EXEC_AMBIENT : EXEC_NO_SETUID;
			break;
		default:
			break;
		}
		if (flag == 0)
			break;
		if (*flags & flag)
			return false;
		if (flag == EXEC_AMBIENT)
			*flags &= (unsigned char)~EXEC_NO_SETUID;
		*flags |= flag;
	}
	return !((*flags & EXEC_FULLY_PRIVILEGED) && (*flags & (EXEC_NO_SETUID | EXEC_AMBIENT)));
}

static bool is_program(const char *path)
{
	size_t length = strlen(path);

	if (length == 0 || length >= 4096 || path[length - 1] == '/')
		return false;
	return *path == '/' || !strchr(path, '/');
}

/* Programs that cannot be started; with '-' in front they only are left out, as in systemd. */
static int reject_command(struct unit_load *load, const struct key *key, const struct exec_command *command,
			  const char *what)
{
	if (command->flags & EXEC_IGNORE_FAILURE)
		load_report(load, DIAGNOSTIC_WARNING, "%s= %s, left out", key->name, what);
	else
		load_reject(load, "%s= %s", key->name, what);
	return 0;
}

static int take_program(struct unit_load *load, const struct key *key, char *word, struct exec_command *command)
{
	if (!take_prefixes(&word, &command->flags))
		return reject_command(load, key, command, "has prefixes that exclude each other");
	int r = specifiers_resolve(&load->specifiers, word, &command->path);
	if (r < 0)
		return r;
	if (!is_program(command->path)) {
		reject_command(load, key, command,
			       *command->path ? "names neither an absolute path nor a bare program name"
					      : "names no program");
		free(command->path);
		command->path = NULL;
		return 0;
	}
	if (command->flags & EXEC_ARGV0_GIVEN)
		return 0;
	char *path = command->path;
	command->path = NULL; /* which string_list_take() frees if it fails */
	r = string_list_take(&command->argv, path);
	if (r == 0)
		command->path = path;
	return r;
}

static int take_argument(struct unit_load *load, char **text, struct exec_command *command, bool *unknown)
{
	char *word, *resolved;

	if (is_escaped_separator(*text)) {
		*text += 2;
		return string_list_append(&command->argv, ";");
	}
	int r = word_take(text, &word, unknown);
	if (r < 0)
		return -EINVAL;
	r = specifiers_resolve(&load->specifiers, word, &resolved);
	return r < 0 ? r : string_list_take(&command->argv, resolved);
}

static int take_arguments(struct unit_load *load, char **text, struct exec_command *command, bool *unknown)
{
	int r = 0;

	while (r == 0 && *(*text = skip_space(*text)) && !is_separator(*text))
		r = take_argument(load, text, command, unknown);
	if (is_separator(*text))
		*text = skip_space(*text + 1);
	return r;
}

static int append_command(struct unit_load *load, struct exec_command_list *list, const struct exec_command *command)
{
	if (list->count >= COMMANDS_MAX) {
		load_reject(load, "more than %d commands", COMMANDS_MAX);
		return -E2BIG;
	}
	struct exec_command *grown = realloc(list->commands, (list->count + 1) * sizeof *grown);
	if (!grown)
		return -ENOMEM;
	list->commands = grown;
	grown[list->count++] = *command;
	return 0;
}

/* One command up to its ';'. A command that is left out ends with r == 0 and no path. */
static int take_command(struct unit_load *load, const struct key *key, char **text, struct exec_command *command)
{
	bool unknown = false;
	char *word;

	int r = word_take(text, &word, &unknown);
	if (r > 0)
		r = take_program(load, key, word, command);
	if (r == 0)
		r = take_arguments(load, text, command, &unknown);
	if (unknown)
		load_report(load, DIAGNOSTIC_WARNING, "%s= has an unknown escape sequence, it stays as it is",
			    key->name);
	const char *problem = r == -EINVAL  ? "has an unbalanced quote"
			      : r == -E2BIG ? "has too many or too long arguments"
					    : NULL;
	if (r == 0 && command->path && !command->argv) {
		problem = "has '@', but no word for argv[0]";
		r = -EINVAL;
	}
	if (problem)
		reject_command(load, key, command, problem);
	return r;
}

static int read_command(struct unit_load *load, const struct key *key, char **text, struct exec_command_list *list)
{
	struct exec_command command = { .line = load->line };

	int r = take_command(load, key, text, &command);
	bool kept = r == 0 && command.path;
	if (kept) {
		r = append_command(load, list, &command);
		kept = r == 0;
	}
	if (!kept)
		free_command(&command);
	return r;
}

int read_exec(struct unit_load *load, const struct key *key, char *value)
{
	struct exec_command_list *list = &load->definition->service->phases[key->offset];
	int r = 0;

	if (!*value)
		clear_commands(list);
	while (r == 0 && *(value = skip_space(value))) {
		if (is_separator(value)) {
			value++;
			continue;
		}
		r = read_command(load, key, &value, list);
	}
	return r == -ENOMEM ? r : 0;
}
