/*
 * Mounts by descriptor: open_tree(2), move_mount(2) and mount_setattr(2) where the kernel has them, mount(2) on
 * /proc/self/fd otherwise. All return 0 (or a descriptor) or -errno.
 */
#ifndef SVEXEC_MOUNT_CALL_H
#define SVEXEC_MOUNT_CALL_H

#include <stdbool.h>
#include <stdint.h>

/* What is to be attached somewhere: a detached copy of a tree, or on older kernels just the place it is bound from. */
struct mount_tree {
	int fd; /* -1: none */
	bool is_copy, recursive;
};

/* `fd` names a file or directory; it stays the caller's. */
int mount_tree_take(int fd, bool recursive, struct mount_tree *tree);
int mount_tree_attach(const struct mount_tree *tree, int target_fd);
void mount_tree_close(struct mount_tree *tree);

/* A new file system on top of `target_fd`; flags are mount(2)'s. */
int mount_new(const char *type, int target_fd, unsigned long flags, const char *options);

/* A tmpfs with options as mount(8) has them: flags among them ("ro" is the caller's business), the rest as data. */
int mount_temporary(int target_fd, const char *options);

/* Sets MOUNT_ATTR_… on the mount whose root `fd` names, and on all below it if `recursive`. */
int mount_restrict(int fd, bool recursive, uint64_t attributes);

/* Whether a mount is left as it is. */
typedef bool mount_is_spared(const char *path, const void *context);

/* As mount_restrict() for kernels before 5.12: by mountinfo(5). `spared` may be NULL. */
int mount_restrict_by_remount(int fd, bool recursive, uint64_t attributes, mount_is_spared *spared,
			      const void *context);
/* Whether trees can be copied (Linux 5.2). Where not, what is bound has the attributes of that moment. */
bool mount_trees_are_copies(void);

/* "/proc/self/fd/N" */
struct fd_path {
	char text[32];
};
struct fd_path fd_path(int fd);

#endif
