/*
 * A whole machine under svinit: what PID 1 has to do before anything else can, and how it ends. Nothing of this happens
 * in a container or as an ordinary process. What needs no PID 1 (mounts of fstab(5), sysctl, modules, …) is done by
 * units that run svmachine(8).
 */
#ifndef SVINIT_OS_MACHINE_H
#define SVINIT_OS_MACHINE_H

#include <stdbool.h>

#include "common/cause.h"

/* Whether this process is the PID 1 that the kernel itself started, and not that of a PID namespace. */
bool machine_is_ours(void);

/* Whether the root directory is an initramfs: /etc/initrd-release is there, as systemd(1) has it. */
bool machine_is_in_initramfs(void);

/*
 * Mounts what the kernel offers, where nothing is mounted yet: /proc, /sys, /dev and what is in them, /run and the
 * cgroup v2 tree. Makes the mounts shared, as systemd does. What fails is told by machine_say().
 */
void machine_mount_kernel_file_systems(void);

/* Opens the console in the place of closed standard descriptors. */
void machine_open_console(void);

/* Ctrl-alt-del becomes a SIGINT to PID 1 instead of an immediate reboot; reboot(2). */
void machine_take_keyboard(void);

/* Makes units want a login prompt on each console that the kernel uses, as systemd-getty-generator(8) does. */
void machine_want_logins(void);

/* A line into the kernel's log and so, by its level (syslog(3)'s), onto the console. Never waits. */
void machine_say(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- the end ---- */

enum machine_end { MACHINE_HALT, MACHINE_POWEROFF, MACHINE_REBOOT, MACHINE_KEXEC };

/*
 * Ends every process there is (SIGTERM, then SIGKILL), lets `unmounter` (svmachine's path) switch off swap and unmount
 * everything, writes out what is cached, and ends the machine: reboot(2). Each step has a limit in time. Does not
 * return.
 */
void machine_end(enum machine_end how, const char *unmounter) __attribute__((noreturn));

/*
 * Makes `root` the root directory, takes the kernel's file systems along, removes what the initramfs held, and executes
 * `init` there. -errno with the cause when it fails; svinit goes on in the old root if it can.
 */
int machine_switch_root(const char *root, const char *init, struct cause *cause);

/* svinit itself cannot run: a shell on the console, for as long as it takes, and then a reboot. */
void machine_rescue(void) __attribute__((noreturn));

#endif
