/* From a command of a unit to a recipe that os/spawn.h can execute: all that allocates, looks up or reads happens here.
 */
#ifndef SVINIT_START_RECIPE_H
#define SVINIT_START_RECIPE_H

#include "supervisor/granted_descriptors.h"
#include "supervisor/manager.h"
#include "supervisor/os/spawn.h"
#include "supervisor/os/user.h"

/* What a start through svexec needs besides: see sandbox_start.h. */
enum { SANDBOX_FDS_MAX = 8 };

struct sandbox_line {
	int recipe_fd, reports[2]; /* -1: none */
	int *fds;
	size_t fd_count;
	char first_fd[24];
	char *argv[3], *envp[2];
	char credentials[512];
};

/* A recipe and what it borrows from. Made by start_recipe_make(), emptied by start_recipe_finish(). */
struct start_recipe {
	struct spawn_recipe spawn;
	struct spawn_keeper keeper;
	struct spawn_placement placement;
	struct spawn_terminal terminal;
	uint64_t cpus[PLACEMENT_CPU_WORDS], nodes[PLACEMENT_NODE_WORDS];
	struct user user;
	char **environment, **argv;
	char *pid_variables[5];
	char *working_directory;
	struct granted_descriptors granted;
	int data_fd; /* a StandardInputText=/Data= in a memfd; -1: none */
	struct spawn_limit limits[RLIM_NLIMITS + 1];
	const char *unknown_user,
		*unknown_group; /* that /etc/passwd and /etc/group do not have: svexec looks further */
	bool dynamic_user;      /* the user was made up */
	bool without_sandbox;   /* the command's '+' */
	struct sandbox_line line;
};

/*
 * Makes the recipe of one command. 0, or -errno with the step (and its exit status) that failed in `error` and the
 * words in `cause`. Finish it in either case.
 */
int start_recipe_make(struct manager *manager, const struct unit *unit, enum exec_phase phase, unsigned index,
		      struct start_recipe *recipe, struct spawn_error *error, struct cause *cause);
void start_recipe_finish(struct start_recipe *recipe);

#endif
