#include "machine/tmpfiles_line.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "machine/program.h"
#include "machine/text.h"

enum { WALK_DESCRIPTORS = 16 };

/* ---- parsing ---- */

/* The next word, blanks being what parts them; a word may stand in quotes. NULL at the end. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	char quote = *word == '"' || *word == '\'' ? *word : '\0';

	if (!*word)
		return NULL;
	word += quote != '\0';
	char *end = quote ? strchrnul(word, quote) : word + strcspn(word, " \t");
	*rest = end + (*end != '\0');
	*end = '\0';
	return word;
}

/* %b %H %m and their like are rare in paths; the directories are not. */
static const char *specifier(char letter, char *to, size_t size)
{
	to[0] = '\0';
	switch (letter) {
	case 'b':
		(void)text_read("/proc/sys/kernel/random/boot_id", to, size);
		return to;
	case 'H':
		(void)gethostname(to, size);
		return to;
	case 'm':
		(void)text_read("/etc/machine-id", to, size);
		return to;
	case 'v':
		(void)text_read("/proc/sys/kernel/osrelease", to, size);
		return to;
	case 't':
		return "/run";
	case 'S':
		return "/var/lib";
	case 'C':
		return "/var/cache";
	case 'L':
		return "/var/log";
	case 'T':
		return "/tmp";
	case 'V':
		return "/var/tmp";
	case '%':
		return "%";
	default:
		return NULL;
	}
}

static bool expand(const char *from, char *to, size_t size)
{
	size_t length = 0;
	char buffer[256];

	to[0] = '\0';
	for (; *from && length + 1 < size; from++) {
		char letter[2] = { *from, '\0' };
		const char *value = *from == '%' ? specifier(*++from, buffer, sizeof buffer) : letter;
		if (!value)
			return false;
		length += (size_t)snprintf(to + length, size - length, "%s", value);
	}
	return length < size;
}

static bool parse_owner(const char *user, const char *group, struct tmpfiles_line *line)
{
	const struct passwd *owner = user && strcmp(user, "-") != 0 ? getpwnam(user) : NULL;
	const struct group *owners = group && strcmp(group, "-") != 0 ? getgrnam(group) : NULL;

	line->has_owner = owner || owners;
	line->user = owner ? owner->pw_uid : user && isdigit((unsigned char)*user) ? (uid_t)atoi(user) : 0;
	line->group = owners ? owners->gr_gid : group && isdigit((unsigned char)*group) ? (gid_t)atoi(group) : 0;
	return (owner || !user || strcmp(user, "-") == 0 || isdigit((unsigned char)*user)) &&
	       (owners || !group || strcmp(group, "-") == 0 || isdigit((unsigned char)*group));
}

static void parse_mode_word(const char *word, struct tmpfiles_line *line)
{
	line->has_mode = word && strcmp(word, "-") != 0;
	while (line->has_mode && (*word == '~' || *word == ':'))
		word++;
	line->mode = line->has_mode ? (mode_t)strtoul(word, NULL, 8) & 07777 : 0;
}

bool tmpfiles_line_parse(char *text, struct tmpfiles_line *line)
{
	char *rest = text;
	const char *type = next_word(&rest), *path = next_word(&rest), *mode = next_word(&rest),
		   *user = next_word(&rest), *group = next_word(&rest);

	*line = (struct tmpfiles_line){ 0 };
	(void)next_word(&rest); /* the age: nothing is aged at boot */
	const char *argument = rest + strspn(rest, " \t");
	if (!type || !path || strlen(type) >= sizeof line->type || !expand(path, line->path, sizeof line->path) ||
	    line->path[0] != '/')
		return false;
	snprintf(line->type, sizeof line->type, "%s", type);
	parse_mode_word(mode, line);
	return expand(strcmp(argument, "-") == 0 ? "" : argument, line->argument, sizeof line->argument) &&
	       parse_owner(user, group, line);
}

/* ---- removing ---- */

static int remove_entry(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	(void)status;
	(void)flag;
	/* D empties the directory, and keeps it. */
	return walk->level == 0 ? 0 : remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

static bool empty(const char *path)
{
	return nftw(path, remove_entry, WALK_DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0 || errno == ENOENT;
}

static bool remove_one(const char *path, char type)
{
	if (type == 'D')
		return empty(path);
	if (type == 'R')
		(void)empty(path);
	return remove(path) == 0 || errno == ENOENT;
}

bool tmpfiles_line_remove(const struct tmpfiles_line *line)
{
	glob_t matches;
	bool done = true;

	if (!strchr("DrR", line->type[0]) || glob(line->path, 0, NULL, &matches) != 0)
		return true;
	for (size_t i = 0; i < matches.gl_pathc; i++)
		done &= remove_one(matches.gl_pathv[i], line->type[0]);
	globfree(&matches);
	return done;
}

/* ---- creating ---- */

static bool has_mark(const struct tmpfiles_line *line, char mark)
{
	return strchr(line->type + 1, mark);
}

static void make_parents(const char *path)
{
	char above[PATH_MAX];

	snprintf(above, sizeof above, "%s", path);
	for (char *slash = strchr(above + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(above, 0755);
		*slash = '/';
	}
}

static bool set_owner(const char *path, const struct tmpfiles_line *line, mode_t otherwise)
{
	struct stat status;

	if (lstat(path, &status) < 0)
		return false;
	if (line->has_owner && lchown(path, line->user, line->group) < 0)
		return false;
	if (S_ISLNK(status.st_mode) || (!line->has_mode && !otherwise))
		return true;
	return chmod(path, line->has_mode ? line->mode : otherwise) == 0;
}

static bool make_directory(const struct tmpfiles_line *line)
{
	bool made = mkdir(line->path, 0755) == 0;

	return (made || errno == EEXIST) && set_owner(line->path, line, made ? 0755 : 0);
}

static bool write_text(int fd, const char *argument)
{
	size_t length = strlen(argument);

	return length == 0 || write(fd, argument, length) == (ssize_t)length;
}

static bool make_file(const struct tmpfiles_line *line)
{
	bool again = line->type[0] == 'F' || has_mark(line, '+');
	int fd = open(line->path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (again ? O_TRUNC : O_EXCL), 0644);

	if (fd < 0)
		return errno == EEXIST && set_owner(line->path, line, 0);
	bool written = write_text(fd, line->argument);
	close(fd);
	return written && set_owner(line->path, line, 0644);
}

static bool write_into(const struct tmpfiles_line *line)
{
	glob_t matches;
	bool done = true;

	if (glob(line->path, 0, NULL, &matches) != 0)
		return true;
	for (size_t i = 0; i < matches.gl_pathc; i++)
		done &= text_write(matches.gl_pathv[i], line->argument);
	globfree(&matches);
	return done;
}

static bool make_link(const struct tmpfiles_line *line)
{
	char target[PATH_MAX];

	snprintf(target, sizeof target, "%s%s", *line->argument ? "" : "/usr/share/factory",
		 *line->argument ? line->argument : line->path);
	if (has_mark(line, '?') && access(target, F_OK) < 0)
		return true;
	if (has_mark(line, '+')) {
		(void)empty(line->path);
		(void)remove(line->path);
	}
	return symlink(target, line->path) == 0 || errno == EEXIST;
}

static bool make_node(const struct tmpfiles_line *line)
{
	mode_t kind = line->type[0] == 'p' ? S_IFIFO : line->type[0] == 'c' ? S_IFCHR : S_IFBLK;
	unsigned major_number = 0, minor_number = 0;

	if (kind != S_IFIFO && sscanf(line->argument, "%u:%u", &major_number, &minor_number) != 2) {
		errno = EINVAL;
		return false;
	}
	if (mknod(line->path, kind | 0644, makedev(major_number, minor_number)) < 0 && errno != EEXIST)
		return false;
	return set_owner(line->path, line, 0644);
}

static bool copy(const struct tmpfiles_line *line)
{
	char source[PATH_MAX];

	snprintf(source, sizeof source, "%s%s", *line->argument ? "" : "/usr/share/factory",
		 *line->argument ? line->argument : line->path);
	const char *const command[] = { "cp", "-a", "-T", "--", source, line->path, NULL };
	if (access(line->path, F_OK) == 0 || access(source, F_OK) < 0)
		return true;
	return program_run(command) == 0 && set_owner(line->path, line, 0);
}

/* For nftw(3), which takes no context. */
static const struct tmpfiles_line *adjusted;

static int adjust_entry(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	struct tmpfiles_line line = *adjusted;

	(void)flag;
	(void)walk;
	/* Who may read a file is no reason to execute it. */
	if (line.has_mode && S_ISREG(status->st_mode) && !(status->st_mode & 0111))
		line.mode &= ~(mode_t)0111;
	(void)set_owner(path, &line, 0);
	return 0;
}

static bool adjust(const struct tmpfiles_line *line)
{
	glob_t matches;

	if (glob(line->path, 0, NULL, &matches) != 0)
		return true;
	adjusted = line;
	for (size_t i = 0; i < matches.gl_pathc; i++)
		if (line->type[0] == 'Z')
			(void)nftw(matches.gl_pathv[i], adjust_entry, WALK_DESCRIPTORS, FTW_PHYS | FTW_MOUNT);
		else
			(void)set_owner(matches.gl_pathv[i], line, 0);
	globfree(&matches);
	return true;
}

static const struct {
	const char *letters;
	bool (*create)(const struct tmpfiles_line *line);
	bool makes; /* what is above it too */
} kinds[] = {
	{ "dDvqQ", make_directory, true }, { "fF", make_file, true }, { "L", make_link, true },
	{ "pcb", make_node, true },        { "C", copy, true },       { "w", write_into, false },
	{ "ezZm", adjust, false },
};

bool tmpfiles_line_create(const struct tmpfiles_line *line)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!strchr(kinds[i].letters, line->type[0]))
			continue;
		if (kinds[i].makes)
			make_parents(line->path);
		return kinds[i].create(line) || has_mark(line, '-');
	}
	/* x and X protect from ageing; t, h, a and A set attributes that nothing depends on. */
	return true;
}
