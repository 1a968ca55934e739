#include "supervisor/os/user.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/suggest.h"
#include "supervisor/os/account_file.h"

static struct account_file passwd = { .path = "/etc/passwd" };
static struct account_file group = { .path = "/etc/group" };

enum { PASSWD_NAME, PASSWD_PASSWORD, PASSWD_UID, PASSWD_GID, PASSWD_GECOS, PASSWD_HOME, PASSWD_SHELL, PASSWD_FIELDS };
enum { GROUP_NAME, GROUP_PASSWORD, GROUP_GID, GROUP_MEMBERS, GROUP_FIELDS };

/* A number as passwd(5) means it; the two values that mean "unset" in system calls are nobody's. */
static bool parse_id(struct account_field field, uint32_t *id)
{
	uint64_t number = 0;

	if (field.length == 0 || field.length > 10)
		return false;
	for (size_t i = 0; i < field.length; i++) {
		if (field.text[i] < '0' || field.text[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(field.text[i] - '0');
	}
	*id = (uint32_t)number;
	return number < UINT32_MAX && number != UINT16_MAX;
}

static bool parse_id_text(const char *text, uint32_t *id)
{
	return parse_id((struct account_field){ .text = text, .length = strlen(text) }, id);
}

/* false: it does not fit. */
static bool copy_field(struct account_field field, char *to, size_t size)
{
	if (field.length >= size)
		return false;
	memcpy(to, field.text, field.length);
	to[field.length] = '\0';
	return true;
}

static bool field_is(struct account_field field, const char *text)
{
	return field.length == strlen(text) && memcmp(field.text, text, field.length) == 0;
}

/* By name if `name` is given, else by number. */
static int find_passwd(const char *name, uint32_t uid, struct user *user)
{
	struct account_field fields[PASSWD_FIELDS];
	struct account_cursor cursor = { 0 };
	uint32_t entry_uid, gid;

	while (account_file_next(&passwd, &cursor, fields, PASSWD_FIELDS)) {
		if (name && !field_is(fields[PASSWD_NAME], name))
			continue;
		if (!parse_id(fields[PASSWD_UID], &entry_uid) || !parse_id(fields[PASSWD_GID], &gid))
			continue;
		if (!name && entry_uid != uid)
			continue;
		if (!copy_field(fields[PASSWD_NAME], user->name, sizeof user->name) ||
		    !copy_field(fields[PASSWD_HOME], user->home, sizeof user->home) ||
		    !copy_field(fields[PASSWD_SHELL], user->shell, sizeof user->shell))
			return -ENAMETOOLONG;
		user->uid = entry_uid;
		user->gid = gid;
		return 0;
	}
	return -ESRCH;
}

static bool is_member(struct account_field members, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = members.text, *end = at + members.length; at < end;) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t part = (size_t)((comma ? comma : end) - at);

		if (part == length && memcmp(at, name, length) == 0)
			return true;
		at += part + 1;
	}
	return false;
}

static void add_group(struct user *user, gid_t gid)
{
	for (size_t i = 0; i < user->group_count; i++)
		if (user->groups[i] == gid)
			return;
	if (user->group_count < USER_GROUPS_MAX)
		user->groups[user->group_count++] = gid;
}

static void collect_groups(struct user *user)
{
	struct account_field fields[GROUP_FIELDS];
	struct account_cursor cursor = { 0 };
	uint32_t gid;

	user->group_count = 0;
	add_group(user, user->gid);
	if (!user->name[0] || account_file_refresh(&group) < 0)
		return;
	while (account_file_next(&group, &cursor, fields, GROUP_FIELDS))
		if (is_member(fields[GROUP_MEMBERS], user->name) && parse_id(fields[GROUP_GID], &gid))
			add_group(user, gid);
}

/* The name in the file that differs least from `name`, by a third of it at most; "" when there is none. */
static void find_nearest(const struct account_file *file, const char *name, char *nearest, size_t size)
{
	struct account_field field;
	struct account_cursor cursor = { 0 };
	unsigned limit = (unsigned)strlen(name) / 3 + 1;
	char candidate[64];

	nearest[0] = '\0';
	while (limit > 0 && account_file_next(file, &cursor, &field, 1)) {
		if (!copy_field(field, candidate, sizeof candidate))
			continue;
		unsigned distance = edit_distance(name, candidate, limit);
		if (distance > limit || distance >= strlen(name))
			continue;
		limit = distance ? distance - 1 : 0;
		snprintf(nearest, size, "%s", candidate);
	}
}

static int explain_missing(const struct account_file *file, const char *what, const char *name, struct cause *cause)
{
	char nearest[64];

	find_nearest(file, name, nearest, sizeof nearest);
	if (nearest[0])
		return cause_set(cause, ESRCH, "%s has no %s \"%s\"; did you mean \"%s\"?", file->path, what, name,
				 nearest);
	return cause_set(cause, ESRCH, "%s has no %s \"%s\"", file->path, what, name);
}

static int unreadable(const struct account_file *file, int error, struct cause *cause)
{
	return cause_set_errno(cause, error, "cannot read %s", file->path);
}

int user_find(const char *name, struct user *user, struct cause *cause)
{
	uint32_t uid = 0;
	bool numeric = parse_id_text(name, &uid);

	memset(user, 0, sizeof *user);
	int readable = account_file_refresh(&passwd);
	int r = find_passwd(numeric ? NULL : name, uid, user);
	if (r == -ESRCH && numeric) {
		/* A number needs no entry. */
		user->uid = uid;
		user->gid = uid;
		r = 0;
	}
	if (r == -ENAMETOOLONG)
		return cause_set_errno(cause, -r, "the entry of \"%s\" in %s", name, passwd.path);
	if (r < 0)
		return readable < 0 ? unreadable(&passwd, -readable, cause)
				    : explain_missing(&passwd, "user", name, cause);
	collect_groups(user);
	return 0;
}

int group_find(const char *name, gid_t *gid, struct cause *cause)
{
	struct account_field fields[GROUP_FIELDS];
	struct account_cursor cursor = { 0 };

	if (parse_id_text(name, gid))
		return 0;
	int readable = account_file_refresh(&group);
	if (readable < 0)
		return unreadable(&group, -readable, cause);
	while (account_file_next(&group, &cursor, fields, GROUP_FIELDS))
		if (field_is(fields[GROUP_NAME], name) && parse_id(fields[GROUP_GID], gid))
			return 0;
	return explain_missing(&group, "group", name, cause);
}
