/* service(8): the command line of scripts from before systemd. */
#ifndef SVCTL_SERVICE_FACE_H
#define SVCTL_SERVICE_FACE_H

/*
 * "service NAME ACTION" in systemctl's words: ACTION NAME. NULL when there is nothing more to do, with the exit status.
 * The list is valid until the next call; its strings are argv's.
 */
char **service_arguments(int *argc, char **argv, int *status);

#endif
