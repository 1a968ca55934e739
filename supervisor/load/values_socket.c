/* The values of [Socket]: systemd.socket(5). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/parse.h"
#include "common/socket_address.h"
#include "common/string_list.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"
#include "supervisor/load/words.h"

enum { LISTENS_MAX = 1024, NAME_MAX_LENGTH = 255 };

static void clear_listens(struct socket_definition *socket, enum socket_kind kind)
{
	size_t kept = 0;

	for (size_t i = 0; i < socket->listen_count; i++) {
		if (socket->listens[i].kind == kind)
			free(socket->listens[i].address);
		else
			socket->listens[kept++] = socket->listens[i];
	}
	socket->listen_count = kept;
}

static int check_address(struct unit_load *load, const struct key *key, const char *text)
{
	struct socket_address address;
	struct cause cause = { 0 };

	if (key->data_count == SOCKET_KIND_FIFO && *text == '/')
		return 0;
	if (key->data_count == SOCKET_KIND_FIFO)
		cause_set(&cause, EINVAL, "\"%.100s\" is not an absolute path", text);
	else if (socket_address_parse(text, &address, &cause) == 0)
		return 0;
	load_report(load, DIAGNOSTIC_WARNING, "%s=%s, left out", key->name, cause.text);
	return -EINVAL;
}

/* Takes the text over. */
static int add_listen(struct unit_load *load, const struct key *key, char *text)
{
	struct socket_definition *socket = load->definition->socket;
	struct socket_listen *listens;

	if (check_address(load, key, text) < 0 || socket->listen_count >= LISTENS_MAX) {
		free(text);
		return 0;
	}
	listens = reallocarray(socket->listens, socket->listen_count + 1, sizeof *listens);
	if (!listens) {
		free(text);
		return -ENOMEM;
	}
	socket->listens = listens;
	listens[socket->listen_count++] = (struct socket_listen){ (enum socket_kind)key->data_count, text };
	return 0;
}

int read_listen(struct unit_load *load, const struct key *key, char *value)
{
	char *text = NULL;
	int r;

	if (!*value) {
		clear_listens(load->definition->socket, (enum socket_kind)key->data_count);
		return 0;
	}
	r = specifiers_resolve(&load->specifiers, value, &text);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return add_listen(load, key, text);
}

/* A process for each connection would be another thing than the file was written for. */
int read_accept(struct unit_load *load, const struct key *key, char *value)
{
	bool accepts;

	if (parse_boolean(value, &accepts) < 0)
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a boolean (yes or no), left out", key->name,
			    value);
	else if (accepts)
		load_reject(load, "Accept=yes is refused: svinit starts no process for each connection yet");
	return 0;
}

int read_socket_refused(struct unit_load *load, const struct key *key, char *value)
{
	if (*value)
		load_reject(load, "%s= is refused: %s", key->name, key->note);
	return 0;
}

/* At most 255 printable characters of ASCII without a colon, which stands between names. */
int read_socket_name(struct unit_load *load, const struct key *key, char *value)
{
	size_t length = strlen(value);

	for (size_t i = 0; i < length; i++)
		if (value[i] < ' ' || value[i] > '~' || value[i] == ':')
			length = NAME_MAX_LENGTH + 1;
	if (length <= NAME_MAX_LENGTH)
		return read_string(load, key, value);
	load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a name (ASCII without colons), left out", key->name,
		    value);
	return 0;
}

int read_ipv6_only(struct unit_load *load, const struct key *key, char *value)
{
	static const char *const names[] = { "default", "ipv6-only", "both" };
	int number = parse_name(value, names, sizeof names / sizeof *names);
	bool only;

	if (number < 0 && parse_boolean(value, &only) == 0)
		number = only ? 1 : 2;
	if (number < 0)
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not default, both or ipv6-only, left out",
			    key->name, value);
	else
		load->definition->socket->bind_ipv6_only = (unsigned)number;
	return 0;
}

int read_symlinks(struct unit_load *load, const struct key *key, char *value)
{
	char ***links = &load->definition->socket->symlinks, *word, *path;

	if (!*value)
		string_list_clear(links);
	while (word_take(&value, &word, NULL) > 0) {
		int r = specifiers_resolve(&load->specifiers, word, &path);
		if (r == -ENOMEM)
			return r;
		if (r == 0 && *path == '/')
			r = string_list_take(links, path);
		else if (r == 0)
			free(path);
		if (r == -ENOMEM)
			return r;
		if (*word != '/')
			load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not an absolute path, left out", key->name,
				    word);
	}
	return 0;
}

int read_socket_size(struct unit_load *load, const struct key *key, char *value)
{
	unsigned *field = key_field(load, key);
	uint64_t size;

	if (!field)
		return -ENOMEM;
	if (parse_size(value, &size) < 0 || size > INT32_MAX)
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a size (such as 64K), left out", key->name,
			    value);
	else
		*field = (unsigned)size;
	return 0;
}
