/* Reads the shapes that options give. */
#include "query/shape_options.h"

#include <string.h>

#include "common/numbers.h"
#include "common/program.h"

void cli_add_box(void *shapes, const char *const *words)
{
    cli_shape shape = {.kind = CLI_BOX};
    for (int i = 0; i < 2; i++) {
        if (!cli_read_point(words[i], shape.numbers + 3 * i))
            cli_wrong_use("option '--box' takes two corners x,y,z, not '%s'", words[i]);
    }
    cli_shapes_add(shapes, &shape);
}

void cli_add_sphere(void *shapes, const char *const *words)
{
    cli_shape shape = {.kind = CLI_SPHERE};
    if (!cli_read_point(words[0], shape.numbers))
        cli_wrong_use(
            "option '--sphere' takes a center x,y,z and a radius, but '%s' is not a center",
            words[0]);
    if (!cli_read_double(words[1], &shape.numbers[3]))
        cli_wrong_use(
            "option '--sphere' takes a center x,y,z and a radius, but '%s' is not a radius",
            words[1]);
    cli_shapes_add(shapes, &shape);
}

static void add_axis(cli_shapes *shapes, cli_shape_kind kind, const char *option,
                     const char *const *words)
{
    cli_shape shape = {.kind = kind};
    for (int i = 0; i < 2; i++) {
        if (!cli_read_point(words[i], shape.numbers + 3 * i))
            cli_wrong_use(
                "option '--%s' takes two points x,y,z and a radius, but '%s' is not a point",
                option, words[i]);
    }
    if (!cli_read_double(words[2], &shape.numbers[6]))
        cli_wrong_use("option '--%s' takes two points x,y,z and a radius, but '%s' is not a radius",
                      option, words[2]);
    cli_shapes_add(shapes, &shape);
}

void cli_add_capsule(void *shapes, const char *const *words)
{
    add_axis(shapes, CLI_CAPSULE, "capsule", words);
}

void cli_add_cylinder(void *shapes, const char *const *words)
{
    add_axis(shapes, CLI_CYLINDER, "cylinder", words);
}

void cli_add_oriented_box(void *shapes, const char *const *words)
{
    cli_shape shape = {.kind = CLI_ORIENTED_BOX};
    if (!cli_read_point(words[0], shape.numbers))
        cli_wrong_use("the first value of option '--oriented-box' is a center x,y,z, not '%s'",
                      words[0]);
    if (!cli_read_point(words[1], shape.numbers + 3))
        cli_wrong_use("the second value of option '--oriented-box' is half the size, x,y,z, not "
                      "'%s'",
                      words[1]);
    if (!cli_read_doubles(words[2], 4, shape.numbers + 6))
        cli_wrong_use("the third value of option '--oriented-box' is a quaternion w,x,y,z, not "
                      "'%s'",
                      words[2]);
    cli_shapes_add(shapes, &shape);
}

void cli_add_nearest(void *shapes, const char *const *words)
{
    cli_shape shape = {.kind = CLI_NEAREST};
    if (!cli_read_point(words[0], shape.numbers))
        cli_wrong_use("option '--nearest' takes a point x,y,z and a number of elements, but '%s' "
                      "is not a point",
                      words[0]);
    if (!cli_read_unsigned(words[1], strlen(words[1]), &shape.k))
        cli_wrong_use("option '--nearest' takes a point x,y,z and a number of elements, but '%s' "
                      "is not a number of elements",
                      words[1]);
    cli_shapes_add(shapes, &shape);
}
