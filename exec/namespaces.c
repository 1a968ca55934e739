#include "exec/namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exec/shared_namespace.h"
#include "exec/user_namespace.h"

static bool needs_privileges(const struct sandbox *sandbox)
{
	return sandbox_wants_mounts(sandbox) || sandbox->private_network || sandbox->private_users ||
	       sandbox->protect_hostname;
}

void namespaces_gain_privileges(struct start *start)
{
	const struct sandbox *sandbox = &start->recipe.sandbox;

	if (start->privileged || !needs_privileges(sandbox))
		return;
	/* Root without CAP_SYS_ADMIN still has to change users, which one with a single user in it cannot. */
	int r = geteuid() == 0 ? -EPERM : user_namespace_enter_alone();
	if (r == 0)
		start->has_user_namespace = true;
	else
		start_none_enforced(start, NEED_USER_NAMESPACE, -r, "user namespaces are refused");
}

static void raise_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	(void)ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
}

/* A file that stands for a namespace: ip-netns(8) and its like make them. */
static void enter_path(struct start *start, const char *key, const char *path, int type, enum spawn_step step)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	/* Without it the service would run in another namespace than it was written for. */
	if (fd < 0 || setns(fd, type) < 0)
		start_fail(start, step, errno, "%s=%s", key, path);
	close(fd);
}

void namespaces_enter_network(struct start *start)
{
	const struct sandbox *sandbox = &start->recipe.sandbox;
	bool made = false;

	if (sandbox->network_namespace_path) {
		enter_path(start, "NetworkNamespacePath", sandbox->network_namespace_path, CLONE_NEWNET,
			   SPAWN_STEP_NETWORK);
		return;
	}
	if (!sandbox->private_network)
		return;
	int r = shared_namespace_enter(start->network_store, CLONE_NEWNET, "/proc/self/ns/net", &made);
	if (r < 0)
		start_not_enforced(start, "PrivateNetwork", -r, "the kernel refuses a network namespace");
	else if (made)
		raise_loopback();
}

void namespaces_enter_ipc(struct start *start)
{
	const struct sandbox *sandbox = &start->recipe.sandbox;
	bool made;

	if (sandbox->ipc_namespace_path) {
		enter_path(start, "IPCNamespacePath", sandbox->ipc_namespace_path, CLONE_NEWIPC, SPAWN_STEP_NAMESPACE);
		return;
	}
	int r = sandbox->private_ipc
			? shared_namespace_enter(start->ipc_store, CLONE_NEWIPC, "/proc/self/ns/ipc", &made)
			: 0;
	if (r < 0)
		start_not_enforced(start, "PrivateIPC", -r, "the kernel refuses an IPC namespace");
}

void namespaces_enter_hostname(struct start *start)
{
	if (start->recipe.sandbox.protect_hostname && unshare(CLONE_NEWUTS) < 0)
		start_not_enforced(start, "ProtectHostname", errno, "the kernel refuses a UTS namespace");
}

void namespaces_enter_users(struct start *start)
{
	const struct exec_recipe *recipe = &start->recipe;
	enum private_users kind = recipe->sandbox.private_users;

	if (!kind || start->has_user_namespace || !start->privileged)
		return;
	int r = user_namespace_enter(kind, recipe->set_ids ? recipe->uid : getuid(),
				     recipe->set_ids ? recipe->gid : getgid());
	if (r < 0)
		start_not_enforced(start, "PrivateUsers", -r, "the kernel refuses a user namespace");
}
