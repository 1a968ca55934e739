/* A unit file or drop-in while it is edited: a temporary file beside it, which takes its place at the end. */
#ifndef SVCTL_EDIT_FILE_H
#define SVCTL_EDIT_FILE_H

#include "ctl/install.h"

/* A zeroed value is none. Paths are as they are on disk. */
struct edit_file {
	char *path;
	char *temporary;
	bool made_directory; /* for it; goes again if nothing comes of it */
};

/*
 * Writes the temporary file: `text` to be edited and, below a line that ends it, what the unit's files say now. NULL
 * `now`: the whole file is edited. Complains and returns false when it cannot be written.
 */
bool edit_file_begin(struct edit_file *file, const char *path, const char *text, const char *now);
/* The temporary file as the editor left it, without what is not to be kept. The caller frees; NULL: complained. */
char *edit_file_result(const struct edit_file *file);
/* Puts a text in place of the file. */
bool edit_file_write(struct edit_file *file, const char *text);
/* Removes what is left of it. */
void edit_file_finish(struct edit_file *file);

/* A whole file as a string; NULL when it cannot be read. The caller frees. */
char *edit_file_read(const char *path);

#endif
