/* A product of two 64-bit numbers. */
#ifndef SVINIT_COMMON_WIDE_H
#define SVINIT_COMMON_WIDE_H

__extension__ typedef unsigned __int128 wide;

#endif
