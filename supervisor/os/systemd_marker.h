/* /run/systemd/system: the directory by which programs know that systemctl answers (sd_booted(3)). */
#ifndef SVINIT_OS_SYSTEMD_MARKER_H
#define SVINIT_OS_SYSTEMD_MARKER_H

/*
 * Makes the directory where a systemctl is that is svctl: Debian's maintainer scripts, needrestart and Ansible then use
 * it. /run/lock, which their packages count on, is made too. Where there is none they would wait for one in vain, so
 * nothing is made. 0 or -errno.
 */
int systemd_marker_make(void);

#endif
