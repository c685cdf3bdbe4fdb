/* Constants that stay in flash on an AVR, where RAM is scarce; plain memory elsewhere. */
#ifndef FLASH_H
#define FLASH_H

#ifdef __AVR__
#include <avr/pgmspace.h>
#define FLASH PROGMEM
#define flash_word(address) pgm_read_word(address)
#define flash_copy(into, from, size) memcpy_P((into), (from), (size))
#else
#define FLASH
#define flash_word(address) (*(address))
#define flash_copy(into, from, size) __builtin_memcpy((into), (from), (size))
#endif

#endif
