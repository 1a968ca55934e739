/* What fstab(5) lists, in its order. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/time_span.h"
#include "machine/fstab.h"
#include "machine/program.h"
#include "machine/step.h"

enum { DEVICE_SECONDS = 90 };

static bool is_device(const struct mntent *entry)
{
	return strncmp(entry->mnt_fsname, "/dev/", 5) == 0 || strchr(entry->mnt_fsname, '=');
}

/* x-systemd.device-timeout=; without it 90 s, and nothing for what may be missing anyway. */
static double device_seconds(const struct mntent *entry)
{
	const char *value = mount_option_value(entry, "x-systemd.device-timeout");
	char text[64];
	usec span;

	snprintf(text, sizeof text, "%.*s", value ? (int)strcspn(value, ",") : 0, value ? value : "");
	if (value && time_span_parse(text, USEC_PER_SEC, &span) == 0)
		return span == USEC_INFINITY || span == 0 ? 1e9 : (double)span / USEC_PER_SEC;
	return hasmntopt(entry, "nofail") ? 0 : DEVICE_SECONDS;
}

static void make_mount_point(const char *path)
{
	char copy[4096];

	snprintf(copy, sizeof copy, "%s", path);
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(copy, 0755);
		*slash = '/';
	}
	(void)mkdir(copy, 0755);
}

static bool mount_entry(const struct mntent *entry)
{
	const char *const command[] = {
		"mount", "-t", entry->mnt_type, "-o", entry->mnt_opts, "--", entry->mnt_fsname, entry->mnt_dir, NULL
	};

	if (is_device(entry) && !wait_for_device(entry->mnt_fsname, device_seconds(entry))) {
		complain("/etc/fstab: %s: the device %s is not there", entry->mnt_dir, entry->mnt_fsname);
		return false;
	}
	if (!check_file_system(entry))
		return false;
	make_mount_point(entry->mnt_dir);
	if (program_run(command) == 0)
		return true;
	complain("/etc/fstab: %s cannot be mounted", entry->mnt_dir);
	return false;
}

static int take(const struct mntent *entry, void *context)
{
	const bool *remote = context;

	if (fstab_is_swap(entry) || entry->mnt_dir[0] != '/' || strcmp(entry->mnt_dir, "/") == 0 ||
	    hasmntopt(entry, "noauto") || fstab_is_remote(entry) != *remote || is_mounted(entry->mnt_dir))
		return 0;
	return !mount_entry(entry) && !hasmntopt(entry, "nofail");
}

static int run(const char *argument)
{
	bool remote = argument && strcmp(argument, "remote") == 0;

	if (argument && !remote)
		return complain("mounts %s: it is remote, or nothing", argument);
	return fstab_each(take, &remote) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

const struct step step_mounts = { "mounts", "[remote]", "mount what fstab(5) lists, or what of it needs the network",
				  run };
