#include "machine/fstab.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "machine/program.h"
#include "machine/step.h"
#include "machine/text.h"

int fstab_each(int (*act)(const struct mntent *entry, void *context), void *context)
{
	FILE *file = setmntent("/etc/fstab", "re");
	struct mntent entry;
	char text[8192];
	int sum = 0;

	while (file && getmntent_r(file, &entry, text, sizeof text))
		sum += act(&entry, context);
	if (file)
		endmntent(file);
	return sum;
}

const char *mount_option_value(const struct mntent *entry, const char *option)
{
	const char *found = hasmntopt(entry, option);

	return found && found[strlen(option)] == '=' ? found + strlen(option) + 1 : NULL;
}

bool fstab_is_swap(const struct mntent *entry)
{
	return strcmp(entry->mnt_type, "swap") == 0;
}

bool fstab_is_remote(const struct mntent *entry)
{
	static const char *const types[] = { "nfs",   "nfs4",   "cifs",  "smb3",  "smbfs",     "sshfs",
					     "ceph",  "ncpfs",  "afs",   "davfs", "glusterfs", "gfs2",
					     "ocfs2", "lustre", "pvfs2", "9p",    "fuse.sshfs" };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(entry->mnt_type, types[i]) == 0)
			return true;
	return hasmntopt(entry, "_netdev");
}

bool is_mounted(const char *path)
{
	FILE *file = setmntent("/proc/self/mounts", "re");
	struct mntent entry;
	char text[8192];
	bool found = false;

	while (file && !found && getmntent_r(file, &entry, text, sizeof text))
		found = strcmp(entry.mnt_dir, path) == 0;
	if (file)
		endmntent(file);
	return found;
}

static bool is_there(const char *source)
{
	const char *const command[] = { "findfs", source, NULL };

	if (strchr(source, '='))
		return program_run(command) == 0;
	return access(source, F_OK) == 0;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

bool wait_for_device(const char *source, double seconds)
{
	static const struct timespec pause = { .tv_nsec = 100000000 };
	double until = seconds_now() + seconds;

	while (!is_there(source)) {
		if (seconds_now() >= until)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

/* fsck(8) */
enum { FSCK_REBOOT = 2, FSCK_UNCORRECTED = 4 };

bool check_file_system(const struct mntent *entry)
{
	char mode[16] = "auto", repair[16] = "preen";

	(void)kernel_option("fsck.mode", mode, sizeof mode);
	(void)kernel_option("fsck.repair", repair, sizeof repair);
	if (entry->mnt_passno <= 0 || strcmp(mode, "skip") == 0 || kernel_word("fastboot"))
		return true;
	bool force = strcmp(mode, "force") == 0 || kernel_word("forcefsck");
	const char *how = strcmp(repair, "yes") == 0 ? "-y" : strcmp(repair, "no") == 0 ? "-n" : "-a";
	const char *const command[] = {
		"fsck", "-T", "-t", entry->mnt_type, how, entry->mnt_fsname, force ? "-f" : NULL, NULL
	};
	int status = program_run(command);

	if (status < FSCK_UNCORRECTED && (status & FSCK_REBOOT)) {
		complain("%s was repaired while it was mounted: rebooting", entry->mnt_fsname);
		const char *const reboot[] = { "svctl", "reboot", NULL };
		(void)program_run(reboot);
	}
	/* Without a checker for the type there is nothing to hold against it. */
	if (status < FSCK_UNCORRECTED || status >= 127 || status & 8)
		return true;
	complain("%s has errors that fsck left (status %d): run  fsck %s", entry->mnt_fsname, status,
		 entry->mnt_fsname);
	return false;
}
