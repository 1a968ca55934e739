#include "supervisor/permission.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/glob.h"
#include "supervisor/os/user.h"

/* The line length up to which every build of inih takes a line whole. */
enum { LINE_MAX_BYTES = 190 };

static int parse_holder(struct permission_grant *grant, const char *holder, struct cause *cause)
{
	struct user user;
	gid_t gid = 0;
	int error;

	grant->group = strncmp(holder, "group:", 6) == 0;
	if (grant->group) {
		error = group_find(holder + 6, &gid, cause);
		grant->id = gid;
		return error;
	}
	if (strncmp(holder, "user:", 5) != 0)
		return cause_set(cause, EINVAL, "\"%s\" is neither user:NAME nor group:NAME", holder);
	error = user_find(holder + 5, &user, cause);
	grant->id = user.uid;
	return error;
}

static void grant_finish(struct permission_grant *grant)
{
	free(grant->methods);
	free(grant->units);
}

static int parse_grant(struct permission_grant *grant, const char *line, struct cause *cause)
{
	char copy[LINE_MAX_BYTES + 1], *left = NULL, *methods, *units, *holder;

	if (strlen(line) > LINE_MAX_BYTES)
		return cause_set(cause, EINVAL, "longer than %d bytes", LINE_MAX_BYTES);
	memcpy(copy, line, strlen(line) + 1);
	methods = strtok_r(copy, " \t", &left);
	units = strtok_r(NULL, " \t", &left);
	holder = strtok_r(NULL, " \t", &left);
	if (!holder || strtok_r(NULL, " \t", &left))
		return cause_set(cause, EINVAL, "\"%s\": write Allow=METHOD[,METHOD] UNITGLOB user:NAME|group:NAME",
				 line);
	grant->methods = strdup(methods);
	grant->units = strdup(units);
	if (!grant->methods || !grant->units)
		return cause_set_errno(cause, ENOMEM, "grant");
	return parse_holder(grant, holder, cause);
}

int permission_list_add(struct permission_list *list, const char *line, struct cause *cause)
{
	struct permission_grant grant = { 0 }, *grants;
	int error;

	if (list->count >= PERMISSION_GRANTS_MAX)
		return cause_set(cause, E2BIG, "more than %d grants", PERMISSION_GRANTS_MAX);
	error = parse_grant(&grant, line, cause);
	grants = error ? NULL : reallocarray(list->grants, list->count + 1, sizeof *grants);
	if (!grants) {
		grant_finish(&grant);
		return error ? error : cause_set_errno(cause, ENOMEM, "grant");
	}
	list->grants = grants;
	grants[list->count++] = grant;
	return 0;
}

void permission_list_finish(struct permission_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		grant_finish(&list->grants[i]);
	free(list->grants);
	*list = (struct permission_list){ 0 };
}

/* The text of a file, cut into lines for inih; blanks around a line are taken off, so that it sees no continuation. */
struct grant_file {
	struct permission_list *list;
	char *next;
	unsigned line;
	int error;
	struct cause *cause;
};

static char *trim(char *line)
{
	char *end;

	while (isspace((unsigned char)*line))
		line++;
	for (end = line + strlen(line); end > line && isspace((unsigned char)end[-1]); end--)
		;
	*end = '\0';
	return line;
}

static char *read_line(char *to, int size, void *stream)
{
	struct grant_file *file = stream;
	char *line = strsep(&file->next, "\n");

	if (!line || file->error)
		return NULL;
	file->line++;
	line = trim(line);
	if (strlen(line) > LINE_MAX_BYTES || strlen(line) + 2 > (size_t)size) {
		file->error = cause_set(file->cause, EINVAL, "longer than %d bytes", LINE_MAX_BYTES);
		return NULL;
	}
	snprintf(to, (size_t)size, "%s\n", line);
	return to;
}

static int take_setting(void *context, const char *section, const char *name, const char *value)
{
	struct grant_file *file = context;

	if (strcmp(section, "Control") != 0)
		return 1;
	if (strcmp(name, "Allow") == 0)
		file->error = permission_list_add(file->list, value, file->cause);
	else
		file->error = cause_set(file->cause, EINVAL, "unknown key \"%s\" in [Control]; there is Allow=", name);
	return !file->error;
}

static int read_text(const char *path, char **text, struct cause *cause)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	ssize_t length;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : cause_set_errno(cause, errno, "%s", path);
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > PERMISSION_FILE_MAX) {
		close(fd);
		return cause_set(cause, EINVAL, "%s: no plain file of at most %d bytes", path, PERMISSION_FILE_MAX);
	}
	if ((status.st_uid != 0 && status.st_uid != geteuid()) || status.st_mode & 022) {
		close(fd);
		return cause_set(cause, EPERM, "%s: others than root can write it; its grants are not in force", path);
	}
	*text = calloc(1, PERMISSION_FILE_MAX + 1);
	length = *text ? read(fd, *text, PERMISSION_FILE_MAX) : -1;
	close(fd);
	if (length >= 0)
		return 0;
	free(*text);
	*text = NULL;
	return cause_set_errno(cause, errno, "%s", path);
}

int permission_list_read(struct permission_list *list, const char *path, struct cause *cause)
{
	struct cause why = { 0 };
	struct grant_file file = { .list = list, .cause = &why };
	char *text = NULL;
	int error = read_text(path, &text, cause), line;

	if (error || !text)
		return error;
	file.next = text;
	line = ini_parse_stream(read_line, &file, take_setting, &file);
	free(text);
	if (file.error)
		return cause_set(cause, -file.error, "%s:%u: %s", path, file.line, why.text);
	if (line)
		return cause_set(cause, EINVAL, "%s:%d: neither a section nor KEY=VALUE", path, line);
	return 0;
}

static bool peer_is_in(const struct permission_peer *peer, gid_t gid)
{
	if (peer->gid == gid)
		return true;
	for (size_t i = 0; i < peer->group_count; i++)
		if (peer->groups[i] == gid)
			return true;
	return false;
}

static bool grant_is_for(const struct permission_grant *grant, const struct permission_peer *peer)
{
	return grant->group ? peer_is_in(peer, grant->id) : peer->uid == grant->id;
}

static bool grant_has_method(const struct permission_grant *grant, const char *method, bool reads)
{
	const char *word = grant->methods;

	for (;;) {
		size_t length = strcspn(word, ",");

		if (length == 1 && *word == '*')
			return true;
		if (reads && length == 4 && strncasecmp(word, "read", 4) == 0)
			return true;
		if (length == strlen(method) && strncasecmp(word, method, length) == 0)
			return true;
		if (!word[length])
			return false;
		word += length + 1;
	}
}

static bool grant_has_unit(const struct permission_grant *grant, const char *unit)
{
	return unit ? glob_match(grant->units, unit) : strcmp(grant->units, "*") == 0;
}

bool permission_is_all(const struct permission_peer *peer)
{
	return peer->uid == 0 || peer->uid == geteuid();
}

bool permission_allows(const struct permission_list *list, const struct permission_peer *peer, const char *method,
		       bool reads, const char *unit)
{
	if (permission_is_all(peer))
		return true;
	for (size_t i = 0; i < list->count; i++)
		if (grant_is_for(&list->grants[i], peer) && grant_has_method(&list->grants[i], method, reads) &&
		    grant_has_unit(&list->grants[i], unit))
			return true;
	return false;
}

bool permission_allows_somewhere(const struct permission_list *list, const struct permission_peer *peer,
				 const char *method, bool reads)
{
	if (permission_is_all(peer))
		return true;
	for (size_t i = 0; i < list->count; i++)
		if (grant_is_for(&list->grants[i], peer) && grant_has_method(&list->grants[i], method, reads))
			return true;
	return false;
}

bool permission_knows(const struct permission_list *list, const struct permission_peer *peer)
{
	if (permission_is_all(peer))
		return true;
	for (size_t i = 0; i < list->count; i++)
		if (grant_is_for(&list->grants[i], peer))
			return true;
	return false;
}
