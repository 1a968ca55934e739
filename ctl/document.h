/* What --json prints: one document with a version. */
#ifndef SVCTL_DOCUMENT_H
#define SVCTL_DOCUMENT_H

#include <jansson.h>

#include "ctl/verb.h"

/* Prints the object, with "version" added where it has none; does not take it over. Returns an exit status. */
int print_document(const struct context *context, json_t *document);

/* A list: {"version": …, NAME: […]}; as systemctl the list alone. Does not take it over. */
int print_list_document(const struct context *context, const char *name, json_t *list);

#endif
