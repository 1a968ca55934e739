/*
 * What a service is kept from: the sandbox keys of systemd.exec(5) and systemd.resource-control(5), as a unit file asks
 * for them. The loader fills it, svinit packs it into the recipe of a start (exec_recipe.h), svexec makes it true.
 * Strings are owned by who made it; lists end with NULL and may be NULL when empty.
 */
#ifndef SVINIT_COMMON_SANDBOX_H
#define SVINIT_COMMON_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum protect_system {
	PROTECT_SYSTEM_NO,
	PROTECT_SYSTEM_YES,
	PROTECT_SYSTEM_FULL,
	PROTECT_SYSTEM_STRICT,
	PROTECT_SYSTEM_COUNT
};
enum protect_home { PROTECT_HOME_NO, PROTECT_HOME_YES, PROTECT_HOME_READ_ONLY, PROTECT_HOME_TMPFS, PROTECT_HOME_COUNT };
enum private_tmp { PRIVATE_TMP_NO, PRIVATE_TMP_CONNECTED, PRIVATE_TMP_DISCONNECTED, PRIVATE_TMP_COUNT };
enum private_users {
	PRIVATE_USERS_NO,
	PRIVATE_USERS_SELF,
	PRIVATE_USERS_IDENTITY,
	PRIVATE_USERS_FULL,
	PRIVATE_USERS_COUNT
};
enum protect_control_groups {
	PROTECT_CONTROL_GROUPS_NO,
	PROTECT_CONTROL_GROUPS_YES,
	PROTECT_CONTROL_GROUPS_PRIVATE,
	PROTECT_CONTROL_GROUPS_STRICT,
	PROTECT_CONTROL_GROUPS_COUNT
};
enum protect_hostname { PROTECT_HOSTNAME_NO, PROTECT_HOSTNAME_YES, PROTECT_HOSTNAME_PRIVATE, PROTECT_HOSTNAME_COUNT };
enum protect_proc {
	PROTECT_PROC_DEFAULT,
	PROTECT_PROC_NO_ACCESS,
	PROTECT_PROC_INVISIBLE,
	PROTECT_PROC_PTRACEABLE,
	PROTECT_PROC_COUNT
};
enum proc_subset { PROC_SUBSET_ALL, PROC_SUBSET_PID, PROC_SUBSET_COUNT };
enum mount_propagation {
	PROPAGATION_DEFAULT,
	PROPAGATION_SHARED,
	PROPAGATION_SLAVE,
	PROPAGATION_PRIVATE,
	PROPAGATION_COUNT
};
enum device_policy { DEVICE_POLICY_AUTO, DEVICE_POLICY_CLOSED, DEVICE_POLICY_STRICT, DEVICE_POLICY_COUNT };
enum keyring_mode { KEYRING_DEFAULT, KEYRING_INHERIT, KEYRING_PRIVATE, KEYRING_SHARED, KEYRING_COUNT };
enum filter_mode { FILTER_NONE, FILTER_ALLOW, FILTER_DENY, FILTER_MODE_COUNT };

/* Words in front of a path: '-' (it may be missing) and '+' (seen from RootDirectory=) stay in these lists. */
struct sandbox_paths {
	char **read_write, **read_only, **inaccessible, **exec, **no_exec;
	char **bind, **bind_read_only; /* SOURCE[:DESTINATION[:rbind|norbind]], ':' in paths as "\:" */
	char **temporary;              /* PATH[:OPTIONS] */
};

struct sandbox {
	bool required; /* [X-Svinit] SandboxRequired= */
	enum protect_system protect_system;
	enum protect_home protect_home;
	enum private_tmp private_tmp;
	enum private_users private_users;
	enum protect_control_groups protect_control_groups;
	enum protect_hostname protect_hostname;
	enum protect_proc protect_proc;
	enum proc_subset proc_subset;
	enum mount_propagation mount_flags;
	enum device_policy device_policy;
	enum keyring_mode keyring_mode;
	bool private_devices, private_network, private_mounts, private_ipc, private_pids;
	bool protect_kernel_tunables, protect_kernel_modules, protect_kernel_logs, protect_clock;
	bool mount_api_vfs, mount_api_vfs_given;
	bool lock_personality, memory_deny_write_execute, restrict_realtime, restrict_suid_sgid;
	bool restrict_namespaces;          /* RestrictNamespaces= was given */
	uint64_t namespaces_allowed;       /* CLONE_NEW… that may be made all the same */
	enum filter_mode address_families; /* of the list below; FILTER_NONE: not given */
	char **address_family_names;       /* "AF_UNIX"; with ALLOW and no name: none at all */
	enum filter_mode system_calls;     /* the kind of the first SystemCallFilter= */
	char **system_call_words;          /* "+NAME[:ERRNO]", "-NAME[:ERRNO]", in order; NAME may be "@group" */
	char *system_call_error;           /* SystemCallErrorNumber=, a name or number; NULL: the process is killed */
	char **system_call_architectures;  /* "native", "x86-64", … */
	enum filter_mode system_call_log;
	char **system_call_log_words;
	char *network_namespace_path, *ipc_namespace_path;
	char **device_allow;                                    /* "/dev/x rwm", "char-pts r", … */
	char **address_allow, **address_deny;                   /* "10.0.0.0/8", "any", "localhost", … */
	char *apparmor_profile, *selinux_context, *smack_label; /* '-' in front: failure is ignored */
	struct sandbox_paths paths;
	char **load_credentials;   /* "ID:PATH" */
	char **set_credentials;    /* "ID:DATA", C escapes resolved; no NUL in it */
	char **import_credentials; /* globs */
};

/* A zeroed one that asks for nothing. */
extern const struct sandbox sandbox_default;

/* Frees what it points to, and leaves it zeroed. */
void sandbox_finish(struct sandbox *sandbox);

/* Whether svexec is needed: something is asked for that a plain start does not do. */
bool sandbox_is_wanted(const struct sandbox *sandbox);

/* Whether anything asked for needs a mount namespace. */
bool sandbox_wants_mounts(const struct sandbox *sandbox);

#endif
