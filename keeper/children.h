/* The children of a process, as proc(5) tells them. */
#ifndef SVINIT_KEEPER_CHILDREN_H
#define SVINIT_KEEPER_CHILDREN_H

typedef void child_visitor(int parent, int child, void *context);

/* Calls `visit` for each child of any thread of the process, zombies included. A negative errno without a /proc. */
int children_visit(int pid, child_visitor *visit, void *context);
/* The parent of a process; 0 or less when it is gone. */
int parent_of(int pid);

#endif
