/* The places that ProtectSystem= and its like cover: systemd.exec(5). */
#include "exec/mount_plan.h"

#define TABLE(rows) ((struct mount_table){ rows, sizeof(rows) / sizeof *(rows) })

struct mount_table mount_table_system(enum protect_system kind)
{
	static const struct mount_row full[] = {
		{ "/usr", MOUNT_SELF, CHOSEN },
		{ "/boot", MOUNT_SELF, CHOSEN },
		{ "/efi", MOUNT_SELF, CHOSEN },
		{ "/etc", MOUNT_SELF, CHOSEN },
	};
	/* The others have keys of their own. */
	static const struct mount_row strict[] = {
		{ "/", MOUNT_SELF, CHOSEN },         { "/proc", MOUNT_SELF, NOT_CHOSEN },
		{ "/sys", MOUNT_SELF, NOT_CHOSEN },  { "/dev", MOUNT_SELF, NOT_CHOSEN },
		{ "/home", MOUNT_SELF, NOT_CHOSEN }, { "/run/user", MOUNT_SELF, NOT_CHOSEN },
		{ "/root", MOUNT_SELF, NOT_CHOSEN },
	};
	size_t count = sizeof full / sizeof *full;

	if (kind == PROTECT_SYSTEM_STRICT)
		return TABLE(strict);
	if (kind == PROTECT_SYSTEM_FULL)
		return TABLE(full);
	return (struct mount_table){ full, kind == PROTECT_SYSTEM_YES ? count - 1 : 0 };
}

struct mount_table mount_table_home(enum protect_home kind)
{
	static const struct mount_row hidden[] = {
		{ "/home", MOUNT_NOTHING, CHOSEN },
		{ "/run/user", MOUNT_NOTHING, CHOSEN },
		{ "/root", MOUNT_NOTHING, CHOSEN },
	};
	static const struct mount_row read_only[] = {
		{ "/home", MOUNT_SELF, CHOSEN },
		{ "/run/user", MOUNT_SELF, CHOSEN },
		{ "/root", MOUNT_SELF, CHOSEN },
	};
	static const struct mount_row empty[] = {
		{ "/home", MOUNT_TMPFS, CHOSEN },
		{ "/run/user", MOUNT_TMPFS, CHOSEN },
		{ "/root", MOUNT_TMPFS, CHOSEN },
	};

	switch (kind) {
	case PROTECT_HOME_YES:
		return TABLE(hidden);
	case PROTECT_HOME_READ_ONLY:
		return TABLE(read_only);
	case PROTECT_HOME_TMPFS:
		return TABLE(empty);
	default:
		return (struct mount_table){ 0 };
	}
}

struct mount_table mount_table_tunables(void)
{
	static const struct mount_row rows[] = {
		{ "/proc/acpi", MOUNT_SELF, CHOSEN },
		{ "/proc/apm", MOUNT_SELF, CHOSEN },
		{ "/proc/asound", MOUNT_SELF, CHOSEN },
		{ "/proc/bus", MOUNT_SELF, CHOSEN },
		{ "/proc/fs", MOUNT_SELF, CHOSEN },
		{ "/proc/irq", MOUNT_SELF, CHOSEN },
		{ "/proc/kallsyms", MOUNT_NOTHING, CHOSEN },
		{ "/proc/kcore", MOUNT_NOTHING, CHOSEN },
		{ "/proc/latency_stats", MOUNT_SELF, CHOSEN },
		{ "/proc/mtrr", MOUNT_SELF, CHOSEN },
		{ "/proc/scsi", MOUNT_SELF, CHOSEN },
		{ "/proc/sys", MOUNT_SELF, CHOSEN },
		{ "/proc/sysrq-trigger", MOUNT_SELF, CHOSEN },
		{ "/proc/timer_stats", MOUNT_SELF, CHOSEN },
		{ "/sys", MOUNT_SELF, CHOSEN },
		/* Not the kernel's tunables: ProtectControlGroups= has them. */
		{ "/sys/fs/cgroup", MOUNT_SELF, NOT_CHOSEN },
		{ "/sys/fs/selinux", MOUNT_SELF, NOT_CHOSEN },
	};

	return TABLE(rows);
}

struct mount_table mount_table_modules(void)
{
	static const struct mount_row rows[] = {
		{ "/lib/modules", MOUNT_NOTHING, CHOSEN },
		{ "/usr/lib/modules", MOUNT_NOTHING, CHOSEN },
	};

	return TABLE(rows);
}

struct mount_table mount_table_kernel_logs(void)
{
	static const struct mount_row rows[] = {
		{ "/proc/kmsg", MOUNT_NOTHING, CHOSEN },
		{ "/dev/kmsg", MOUNT_NOTHING, CHOSEN },
	};

	return TABLE(rows);
}

/* What goes on to stand in a /dev of the service's own. */
struct mount_table mount_table_devices(void)
{
	static const struct mount_row rows[] = {
		{ "/dev", MOUNT_DEVICES, CHOSEN },
		{ "/dev/pts", MOUNT_TREE, NOT_CHOSEN },
		{ "/dev/shm", MOUNT_TREE, NOT_CHOSEN },
		{ "/dev/mqueue", MOUNT_TREE, NOT_CHOSEN },
		{ "/dev/hugepages", MOUNT_TREE, NOT_CHOSEN },
		{ "/dev/log", MOUNT_TREE, NOT_CHOSEN },
	};

	return TABLE(rows);
}
