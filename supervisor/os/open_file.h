/* Files and sockets that are opened for a service before it starts: OpenFile= of systemd.service(5). */
#ifndef SVINIT_OS_OPEN_FILE_H
#define SVINIT_OS_OPEN_FILE_H

/*
 * Opens a file with open(2)'s flags, or connects to the socket that lies there. Never waits for the other end. The
 * descriptor is close-on-exec and in blocking mode; or -errno.
 */
int open_file(const char *path, int flags);

#endif
