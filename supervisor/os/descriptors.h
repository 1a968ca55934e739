/* The descriptors svinit is started with: 0, 1 and 2 are always open, what was left open by mistake goes to nobody. */
#ifndef SVINIT_OS_DESCRIPTORS_H
#define SVINIT_OS_DESCRIPTORS_H

/* Opens /dev/null in the place of each closed one of 0, 1, 2. 0 or -errno. */
int descriptors_open_standard(void);
/* Marks everything from `first` on close-on-exec, so that no service inherits it. 0 or -errno. */
int descriptors_keep_from_children(int first);
/* Closes everything from `first` on. 0 or -errno. */
int descriptors_close_from(int first);
/* Sets or clears FD_CLOEXEC; and O_NONBLOCK. 0 or -errno. */
int descriptor_set_close_on_exec(int fd, int on);
int descriptor_set_nonblocking(int fd, int on);

#endif
