/* One line of tmpfiles.d(5), taken apart and carried out. */
#ifndef SVMACHINE_TMPFILES_LINE_H
#define SVMACHINE_TMPFILES_LINE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct tmpfiles_line {
	char type[8]; /* the letter, then its marks: "f+", "L!", … */
	char path[PATH_MAX], argument[PATH_MAX];
	mode_t mode;
	bool has_mode, has_owner;
	uid_t user;
	gid_t group;
};

/* Changes `text`. false: it is none, or names a user that is not there. */
bool tmpfiles_line_parse(char *text, struct tmpfiles_line *line);
/* Each does its half of what the line asks for; what it asks of the other half, or of nobody, is done. false: errno. */
bool tmpfiles_line_remove(const struct tmpfiles_line *line);
bool tmpfiles_line_create(const struct tmpfiles_line *line);

#endif
