/* In the child of spawn(), or in svexec: finds the program and executes it. */
#ifndef SVINIT_OS_CHILD_EXEC_H
#define SVINIT_OS_CHILD_EXEC_H

/*
 * Only returns when that fails: -errno. A bare name is looked up as by execvp(3), in `search_path` (NULL: the fixed
 * default), but nothing is given to a shell.
 */
int child_exec(const char *path, const char *search_path, char *const *argv, char *const *envp);

#endif
