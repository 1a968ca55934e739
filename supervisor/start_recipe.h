/* From a command of a unit to a recipe that os/spawn.h can execute: all that allocates, looks up or reads happens here.
 */
#ifndef SVINIT_START_RECIPE_H
#define SVINIT_START_RECIPE_H

#include "supervisor/granted_descriptors.h"
#include "supervisor/manager.h"
#include "supervisor/os/spawn.h"
#include "supervisor/os/user.h"

/* A recipe and what it borrows from. Made by start_recipe_make(), emptied by start_recipe_finish(). */
struct start_recipe {
	struct spawn_recipe spawn;
	struct spawn_keeper keeper;
	struct user user;
	char **environment, **argv;
	char *pid_variables[5];
	char *working_directory;
	struct granted_descriptors granted;
	int data_fd; /* a StandardInputText=/Data= in a memfd; -1: none */
	struct spawn_limit limits[RLIM_NLIMITS + 1];
};

/*
 * Makes the recipe of one command. 0, or -errno with the step (and its exit status) that failed in `error` and the
 * words in `cause`. Finish it in either case.
 */
int start_recipe_make(struct manager *manager, const struct unit *unit, enum exec_phase phase, unsigned index,
		      struct start_recipe *recipe, struct spawn_error *error, struct cause *cause);
void start_recipe_finish(struct start_recipe *recipe);

#endif
