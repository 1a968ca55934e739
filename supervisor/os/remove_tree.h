/* rm -r by descriptor: follows no link, leaves other file systems alone, and does a bounded amount at a time. */
#ifndef SVINIT_OS_REMOVE_TREE_H
#define SVINIT_OS_REMOVE_TREE_H

/*
 * Removes NAME below the directory and all in it, at most `depth` levels and `entries` entries. 0, also when it is not
 * there; -EAGAIN: more is left than `entries`; -ELOOP: deeper than that; -EXDEV: something is mounted in it; -errno.
 */
int remove_tree(int parent_fd, const char *name, int depth, int entries);

#endif
