/* Names of exit statuses: systemd.exec(5) "Process Exit Codes", the LSB's for services, and sysexits.h. */
#ifndef SVINIT_COMMON_EXIT_STATUS_NAME_H
#define SVINIT_COMMON_EXIT_STATUS_NAME_H

/* "EXEC" for 203, "TEMPFAIL" for 75, …; NULL without a name. */
const char *exit_status_name(int status);
/* 0 to 255 by name or number; -1: no such status. */
int exit_status_from_name(const char *text);

#endif
