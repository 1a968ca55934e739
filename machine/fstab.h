/* fstab(5) and what the kernel has mounted, entry by entry. */
#ifndef SVMACHINE_FSTAB_H
#define SVMACHINE_FSTAB_H

#include <mntent.h>
#include <stdbool.h>

/*
 * Calls `act` for each entry of /etc/fstab, in order, and returns the sum of what it returned; 0 without a file. The
 * entry lives as long as the call.
 */
int fstab_each(int (*act)(const struct mntent *entry, void *context), void *context);

/* The value of OPTION=VALUE in a list of mount options: borrowed, up to the next comma. NULL: not there. */
const char *mount_option_value(const struct mntent *entry, const char *option);

bool fstab_is_swap(const struct mntent *entry);
/* It needs the network: by its type, or because it says so (_netdev). */
bool fstab_is_remote(const struct mntent *entry);

/* Whether something is mounted at exactly that path. */
bool is_mounted(const char *path);

/* Waits until the device (a path, or TAG=VALUE as findfs(8) knows them) is there, no longer than `seconds`. */
bool wait_for_device(const char *source, double seconds);

/*
 * Checks a file system that fstab wants checked, if the kernel's command line does not say otherwise (fsck.mode=,
 * fsck.repair=; systemd-fsck(8)). false: it is not to be mounted.
 */
bool check_file_system(const struct mntent *entry);

#endif
