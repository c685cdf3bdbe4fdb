#include "registers.h"

#include "flash.h"

uint8_t registers_check_read(const registers *table, uint16_t address, uint16_t length) {
    if (length == 0 || address >= table->size || length > table->size - address)
        return ERROR_LENGTH;
    return ERROR_NONE;
}

int32_t registers_number(const uint8_t *bytes, uint8_t size, uint8_t is_signed) {
    uint32_t value = 0;
    for (uint8_t k = size; k > 0; k--) value = value << 8 | bytes[k - 1];
    if (is_signed && size == 1) return (int8_t)value;
    if (is_signed && size == 2) return (int16_t)value;
    return (int32_t)value;
}

static uint8_t check_row(const registers *table, const register_row *row, const uint8_t *data) {
    if (!(row->access & WRITABLE)) return ERROR_ACCESS;
    if ((row->access & LASTING) && table->is_armed) return ERROR_ACCESS;
    int32_t value = registers_number(data, row->size, row->low < 0);
    if (table->cap && row->address == table->capped && value > table->cap) return ERROR_RANGE;
    return value < row->low || value > row->high ? ERROR_RANGE : ERROR_NONE;
}

/* Walk over the rows from the first that is hit; no row may be cut, bytes between rows are nobody's. */
static uint8_t check_write(const registers *table, uint16_t address, uint16_t length,
                           const uint8_t *data) {
    uint16_t end = address + length;
    uint8_t is_hit = 0;
    for (uint8_t k = 0; k < table->count; k++) {
        register_row row;
        flash_copy(&row, &table->rows[k], sizeof row);
        if (row.address + row.size <= address) continue;
        if (row.address >= end) break;
        if (row.address < address) return ERROR_ACCESS;
        if (!is_hit && row.address > address) return ERROR_ACCESS;
        if (row.address + row.size > end) return ERROR_LENGTH;
        uint8_t error = check_row(table, &row, data + (row.address - address));
        if (error) return error;
        is_hit = 1;
    }
    return is_hit ? ERROR_NONE : ERROR_ACCESS;
}

uint8_t registers_write(registers *table, uint16_t address, uint16_t length, const uint8_t *data) {
    uint8_t error = registers_check_read(table, address, length);
    if (!error) error = check_write(table, address, length, data);
    if (!error && table->refuses) error = table->refuses(table->owner, address, length, data);
    if (error) return error;
    for (uint16_t k = 0; k < length; k++) table->bytes[address + k] = data[k];
    if (table->written) table->written(table->owner, address, length);
    return ERROR_NONE;
}
