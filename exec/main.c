/*
 * svexec: becomes a service in its sandbox. svinit starts it with a recipe and a line for reports; it takes the steps
 * in systemd's order, says what does not hold and which step failed, and executes the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/parse.h"
#include "exec/address_filter.h"
#include "exec/credentials.h"
#include "exec/device_filter.h"
#include "exec/filter.h"
#include "exec/identity.h"
#include "exec/keyring.h"
#include "exec/mounts.h"
#include "exec/namespaces.h"
#include "exec/private_tmp.h"
#include "exec/privileges.h"
#include "exec/remove_ipc.h"
#include "exec/security_label.h"
#include "supervisor/os/capabilities.h"
#include "supervisor/os/child_exec.h"
#include "supervisor/os/child_privileges.h"
#include "supervisor/os/remove_tree.h"

enum { FIRST_FD = 3, DESCRIPTORS_MAX = 4096, REMOVE_DEPTH = 64, REMOVE_BATCH = 100000 };

/* The recipe as it came. It is never freed: what was unpacked points into it. */
static char *read_recipe(int fd, size_t *length)
{
	struct stat status;

	if (fstat(fd, &status) < 0 || status.st_size <= 0 || status.st_size > EXEC_RECIPE_MAX)
		return NULL;
	char *data = malloc((size_t)status.st_size);
	if (data && pread(fd, data, (size_t)status.st_size, 0) != status.st_size) {
		free(data);
		data = NULL;
	}
	*length = (size_t)status.st_size;
	return data;
}

/* The next of our own descriptors; none of them is the service's. */
static int take_fd(int *next, bool there)
{
	if (!there)
		return -1;
	(void)fcntl(*next, F_SETFD, FD_CLOEXEC);
	return (*next)++;
}

static void open_start(struct start *start, int next)
{
	size_t length = 0;
	int recipe_fd = take_fd(&next, true);

	start->report_fd = take_fd(&next, true);
	char *data = read_recipe(recipe_fd, &length);
	int r = data ? exec_recipe_unpack(&start->recipe, data, length) : -EBADMSG;
	close(recipe_fd);
	if (r < 0)
		start_fail(start, SPAWN_STEP_SANDBOX, -r, "svexec %s cannot read the recipe", SVINIT_VERSION);
	start->cgroup_fd = take_fd(&next, start->recipe.has_cgroup);
	for (int i = 0; i < 2; i++)
		start->network_store[i] = take_fd(&next, start->recipe.has_shared_network);
	for (int i = 0; i < 2; i++)
		start->ipc_store[i] = take_fd(&next, start->recipe.has_shared_ipc);
	start->privileged = capabilities_have(CAP_SYS_ADMIN);
}

static void enter_sandbox(struct start *start)
{
	namespaces_gain_privileges(start);
	namespaces_enter_network(start);
	namespaces_enter_ipc(start);
	private_tmp_make(start);
	mounts_set_up(start);
	namespaces_enter_hostname(start);
}

/* Where no mount namespace could be had. */
static void finish_without_mounts(struct start *start)
{
	const char *root = start->recipe.root_directory;

	if (start->has_mounts)
		return;
	int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		credentials_write(start, fd);
	close(fd);
	if (root && (chroot(root) < 0 || chdir("/") < 0))
		start_fail(start, SPAWN_STEP_CHROOT, errno, "RootDirectory=%s", root);
}

/* Behind the filter nobody could be told any more. */
static void check_program(struct start *start)
{
	const char *path = start->recipe.path;

	if (strchr(path, '/') && access(path, X_OK) < 0)
		start_fail(start, SPAWN_STEP_EXEC, errno, "%s", path);
}

static void __attribute__((noreturn)) become(struct start *start)
{
	static char *nothing[] = { NULL };
	struct exec_recipe *recipe = &start->recipe;
	char **environment = recipe->environment ? recipe->environment : nothing;

	for (char **variable = environment; *variable; variable++)
		for (char **own = recipe->pid_variables; own && *own; own++)
			if (strcmp(*variable, *own) == 0)
				child_put_own_pid((char *[]){ *variable, NULL });
	if (recipe->no_new_privileges && child_deny_new_privileges() < 0)
		start_fail(start, SPAWN_STEP_NO_NEW_PRIVILEGES, errno, "NoNewPrivileges=");
	check_program(start);
	start_ready(start);
	umask(start->umask);
	filter_set_up(start);
	int r = child_exec(recipe->path, recipe->search_path, recipe->argv, environment);
	start_fail(start, SPAWN_STEP_EXEC, -r, "%s", recipe->path);
}

/* What svinit has no time for: directories that a service may have filled with anything. */
static int remove_all(char *const *paths)
{
	int status = EXIT_SUCCESS;

	for (; *paths; paths++) {
		char *slash = strrchr(*paths, '/');
		int parent =
			slash && slash != *paths ? (*slash = '\0', open(*paths, O_PATH | O_DIRECTORY | O_CLOEXEC)) : -1;
		int r = parent < 0 ? -EINVAL : -EAGAIN;
		while (r == -EAGAIN)
			r = remove_tree(parent, slash + 1, REMOVE_DEPTH, REMOVE_BATCH);
		if (r < 0) {
			fprintf(stderr, "svexec: %s/%s is not removed: %s\n", *paths, slash ? slash + 1 : "",
				strerror(-r));
			status = EXIT_FAILURE;
		}
		if (parent >= 0)
			close(parent);
	}
	return status;
}

int main(int argc, char **argv)
{
	struct start start = { .report_fd = -1, .cgroup_fd = -1 };
	uint64_t first;

	if (argc > 2 && strcmp(argv[1], "--remove") == 0)
		return remove_all(argv + 2);
	if (argc == 3 && strcmp(argv[1], "--remove-ipc") == 0 && parse_unsigned(argv[2], UINT32_MAX - 1, &first) == 0 &&
	    first > 0) {
		remove_ipc_of((uid_t)first);
		return EXIT_SUCCESS;
	}
	if (argc != 2 || parse_unsigned(argv[1], DESCRIPTORS_MAX, &first) < 0 || first < FIRST_FD) {
		fputs("svexec is started by svinit: svexec(8)\n", stderr);
		return EXIT_FAILURE;
	}
	start.umask = umask(0);
	open_start(&start, (int)first);
	identity_find(&start);
	identity_give_directories(&start);
	credentials_load(&start);
	privileges_set_limits(&start);
	keyring_set_up(&start);
	device_filter_set_up(&start);
	address_filter_set_up(&start);
	enter_sandbox(&start);
	finish_without_mounts(&start);
	security_label_set_smack(&start);
	privileges_set_groups(&start);
	namespaces_enter_users(&start);
	privileges_set_user(&start);
	privileges_enter_directory(&start);
	security_label_set_exec(&start);
	become(&start);
}
