#!/usr/bin/python3
"""usage: load_kernel.py COMMAND-LINE     loads /boot/vmlinuz and /boot/initrd.img for svctl kexec: kexec_file_load(2)"""
import ctypes
import os
import sys

SYS_KEXEC_FILE_LOAD = 320

libc = ctypes.CDLL(None, use_errno=True)
kernel = os.open("/boot/vmlinuz", os.O_RDONLY)
initramfs = os.open("/boot/initrd.img", os.O_RDONLY)
line = sys.argv[1].encode() + b"\0"
if libc.syscall(SYS_KEXEC_FILE_LOAD, kernel, initramfs, ctypes.c_ulong(len(line)), line, ctypes.c_ulong(0)) != 0:
    sys.exit(f"kexec_file_load: {os.strerror(ctypes.get_errno())}")
