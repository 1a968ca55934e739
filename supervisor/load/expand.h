/* $VAR, ${VAR} and $$ in Exec lines, by the rules of systemd.service(5), "Command lines", at the moment of the start.
 */
#ifndef SVINIT_LOAD_EXPAND_H
#define SVINIT_LOAD_EXPAND_H

/*
 * A word that is just $VAR becomes zero or more words, split at white space; ${VAR} stands inside a word. Unknown
 * variables are empty; their names are returned in `missing` (a NULL-terminated list, may be NULL as parameter) for a
 * warning. 0 with a new NULL-terminated list (free each and the list), -ENOMEM, or -E2BIG above 1 MiB in all.
 */
int expand_argv(char *const *argv, char *const *environment, char ***expanded, char ***missing);

/* Reads an EnvironmentFile= (systemd.exec(5)) and appends NAME=VALUE strings; bounded to 1 MiB; 0 or -errno. */
struct cause;
int environment_file_read(const char *path, char ***environment, struct cause *cause);

/* List helpers for environments: a later NAME replaces an earlier one. -ENOMEM. */
int environment_set(char ***environment, const char *assignment);
void environment_unset(char **environment, const char *name_or_assignment);
const char *environment_get(char *const *environment, const char *name);

#endif
