/*
 * An error as a value: what failed and why, in words for the user.
 *
 * A function that can fail returns 0 or a negative errno, and explains itself in a struct cause that the
 * caller owns. Every such parameter may be NULL.
 */
#ifndef SVINIT_COMMON_CAUSE_H
#define SVINIT_COMMON_CAUSE_H

enum { CAUSE_TEXT_MAX = 508 };

struct cause {
	int error; /* positive errno; 0 while nothing has failed */
	char text[CAUSE_TEXT_MAX];
};

/* Sets the text; `error` is a positive errno (0 counts as EINVAL). Returns -error, for `return cause_set(…)`. */
int cause_set(struct cause *cause, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As cause_set, with ": " and the words of the errno behind the text. */
int cause_set_errno(struct cause *cause, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "CONTEXT: " in front of the text that is there. Returns -cause->error. */
int cause_prefix(struct cause *cause, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
