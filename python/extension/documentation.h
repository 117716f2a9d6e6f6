/* Docstrings of the methods in C. The first lines are signatures as `inspect` reads them. */
#ifndef SPATIAL_INDEX_PYTHON_DOCUMENTATION_H
#define SPATIAL_INDEX_PYTHON_DOCUMENTATION_H

#define CORE_BOX_TEXT                                                                              \
    "corner, opposite_corner: two opposite corners of the box, in any order, each three numbers\n" \
    "    (tuple, list or array) in micrometres, rounded to float32. Infinite ones are legal.\n"

#define CORE_SPHERE_TEXT                                                                           \
    "center: three numbers (tuple, list or array) in micrometres, rounded to float32.\n"           \
    "radius: in micrometres; 0 is legal, negative is not.\n"

#define CORE_ACCURACY_TEXT                                                                         \
    "accuracy: \"best_effort\" (the default): the shapes of the elements decide, segments as\n"    \
    "    capsules for boxes and as cylinders for spheres; \"exact\": as flat-capped cylinders "    \
    "for\n"                                                                                        \
    "    all shapes; \"bounding_box\": their bounding boxes decide. Touching counts.\n"

#define CORE_BOX_ACCURACY_TEXT                                                                     \
    CORE_ACCURACY_TEXT                                                                             \
    "    \"center\": the elements whose center (of a segment the middle of its axis, see the\n"    \
    "    field centroid) is in the box, but not on one of its upper sides: of boxes side by\n"     \
    "    side each element is in one.\n"

#define CORE_POPULATION_TEXT                                                                       \
    "populations, population_mode: for programs that also use indexes of several populations.\n"   \
    "    With a population_mode other than None and \"single\" the result is a dict\n"             \
    "    {population: result}.\n"

#define CORE_WANTED_SIGNATURE                                                                      \
    "section_types=None, somas=None, gids=None, pre_gids=None, post_gids=None, ids=None"

#define CORE_WANTED_TEXT                                                                           \
    "section_types, somas, gids, pre_gids, post_gids, ids: only these elements are found; None:\n" \
    "    all. Of morphologies: section_types, numbers or \"soma\", \"axon\", \"basal\", "          \
    "\"apical\", one\n"                                                                            \
    "    or several; somas, True: only somas, False: only segments; gids. Of synapses: "           \
    "pre_gids,\n"                                                                                  \
    "    post_gids, ids. Of spheres and points: ids. Ids as builders take them: an integer, an\n"  \
    "    iterable or array of them, ranges (N, 2), or a libsonata.Selection; unknown ones find\n"  \
    "    nothing. Where several are given, an element meets all of them.\n"

#define CORE_FIELDS_TEXT                                                                           \
    "fields: what to return. None: all of `builtin_fields`, as a dict of arrays. A string: the\n"  \
    "    array of that field alone. An iterable of strings: a dict of arrays. A field is a\n"      \
    "    builtin one or an attribute of the SONATA data set (see `available_fields`).\n"           \
    "    \"raw_elements\" alone gives a list of objects.\n"

#define CORE_RESULT_TEXT                                                                           \
    "\n"                                                                                           \
    "Returns arrays of N results each, in index order, which is the same in all of them and\n"     \
    "depends on the index alone: ids uint64 (N,), section_id and segment_id uint32 (N,), ids\n"    \
    "structured (N,), positions and centroids float32 (N, 3), endpoints a tuple of two float32\n"  \
    "(N, 3) (somas: center and NaN), radius float32 (N,), section_type uint8 (N,), is_soma bool\n" \
    "(N,); attributes as they are stored, text as objects.\n"

#define CORE_ERROR_TEXT                                                                            \
    "\n"                                                                                           \
    "Raises ArgumentError (a ValueError and RuntimeError) for NaN, a negative radius or an\n"      \
    "unknown accuracy, ShapeError (a ValueError and IndexError) for what is no point"

#define CORE_FIELD_ERROR_TEXT ", FieldError\n(a KeyError and ValueError) for an unknown field.\n"

#define core_box_query_doc                                                                         \
    "box_query($self, corner, opposite_corner, *, fields=None, accuracy=None, populations=None, "  \
    "population_mode=None, " CORE_WANTED_SIGNATURE                                                 \
    ")\n--\n\nThe elements in a box.\n\n" CORE_BOX_TEXT CORE_FIELDS_TEXT CORE_BOX_ACCURACY_TEXT    \
        CORE_WANTED_TEXT CORE_POPULATION_TEXT CORE_RESULT_TEXT CORE_ERROR_TEXT                     \
            CORE_FIELD_ERROR_TEXT

#define core_sphere_query_doc                                                                      \
    "sphere_query($self, center, radius, *, fields=None, accuracy=None, populations=None, "        \
    "population_mode=None, " CORE_WANTED_SIGNATURE                                                 \
    ")\n--\n\nThe elements in a sphere.\n\n" CORE_SPHERE_TEXT CORE_FIELDS_TEXT CORE_ACCURACY_TEXT  \
        CORE_WANTED_TEXT CORE_POPULATION_TEXT CORE_RESULT_TEXT CORE_ERROR_TEXT                     \
            CORE_FIELD_ERROR_TEXT

#define CORE_COUNTS_TEXT                                                                           \
    "group_by: None: the result is an int. The name of a builtin field of integers, or of an\n"    \
    "    attribute of integers or text: a dict {value: count}, keys ascending, without groups\n"   \
    "    that are empty. An iterable of such names: a dict {(value, ...): count}.\n"

#define core_box_counts_doc                                                                        \
    "box_counts($self, corner, opposite_corner, *, accuracy=None, group_by=None, "                 \
    "populations=None, population_mode=None, " CORE_WANTED_SIGNATURE                               \
    ")\n--\n\nThe number of elements in a "                                                        \
    "box.\n\n" CORE_BOX_TEXT CORE_COUNTS_TEXT CORE_BOX_ACCURACY_TEXT CORE_WANTED_TEXT              \
        CORE_POPULATION_TEXT CORE_ERROR_TEXT ".\n"

#define core_sphere_counts_doc                                                                     \
    "sphere_counts($self, center, radius, *, accuracy=None, group_by=None, populations=None, "     \
    "population_mode=None, " CORE_WANTED_SIGNATURE                                                 \
    ")\n--\n\nThe number of elements in a sphere.\n\n" CORE_SPHERE_TEXT CORE_COUNTS_TEXT           \
        CORE_ACCURACY_TEXT CORE_WANTED_TEXT CORE_POPULATION_TEXT CORE_ERROR_TEXT ".\n"

#define core_box_empty_doc                                                                         \
    "box_empty($self, corner, opposite_corner, *, accuracy=None, populations=None, "               \
    "population_mode=None, " CORE_WANTED_SIGNATURE                                                 \
    ")\n--\n\nTrue if no element is in a box. Stops at the "                                       \
    "first.\n\n" CORE_BOX_TEXT CORE_BOX_ACCURACY_TEXT CORE_WANTED_TEXT CORE_POPULATION_TEXT        \
        CORE_ERROR_TEXT ".\n"

#define core_sphere_empty_doc                                                                      \
    "sphere_empty($self, center, radius, *, accuracy=None, populations=None, "                     \
    "population_mode=None, " CORE_WANTED_SIGNATURE                                                 \
    ")\n--\n\nTrue if no element is in a sphere. Stops at the "                                    \
    "first.\n\n" CORE_SPHERE_TEXT CORE_ACCURACY_TEXT CORE_WANTED_TEXT CORE_POPULATION_TEXT         \
        CORE_ERROR_TEXT ".\n"

/* ---- capsules, cylinders and oriented boxes ---- */

#define CORE_CAPSULE_TEXT                                                                          \
    "end, other_end: two points, each three numbers (tuple, list or array) in micrometres,\n"      \
    "    rounded to float32, finite.\n"                                                            \
    "radius: how far from the straight way between them, in micrometres; 0 is legal.\n"

#define CORE_CYLINDER_TEXT                                                                         \
    "end, other_end: the centers of the flat ends, each three numbers (tuple, list or array) in\n" \
    "    micrometres, rounded to float32, finite, and not the same.\n"                             \
    "radius: in micrometres; 0 is legal.\n"

#define CORE_ORIENTED_BOX_TEXT                                                                     \
    "center: three numbers (tuple, list or array) in micrometres, rounded to float32, finite.\n"   \
    "half_size: half the lengths of the three sides, in micrometres; 0 is legal.\n"                \
    "orientation: how the box is turned around its center: a quaternion (w, x, y, z), as SONATA\n" \
    "    has it of cells, or a rotation matrix (3, 3), the columns of which are the directions\n"  \
    "    of the sides.\n"

#define CORE_SOLID_ACCURACY_TEXT                                                                   \
    "accuracy: \"best_effort\" (the default) and \"exact\": the shapes of the elements decide,\n"  \
    "    segments as flat-capped cylinders; \"bounding_box\": their bounding boxes decide.\n"      \
    "    Touching counts.\n"

#define CORE_QUERY_DOC(name, parts, what, text)                                                    \
    name "_query($self, " parts ", *, fields=None, accuracy=None, populations=None, "              \
         "population_mode=None, " CORE_WANTED_SIGNATURE ")\n--\n\nThe elements in " what           \
         ".\n\n" text CORE_FIELDS_TEXT CORE_SOLID_ACCURACY_TEXT CORE_WANTED_TEXT                   \
             CORE_POPULATION_TEXT CORE_RESULT_TEXT CORE_ERROR_TEXT CORE_FIELD_ERROR_TEXT

#define CORE_COUNTS_DOC(name, parts, what, text)                                                   \
    name "_counts($self, " parts ", *, accuracy=None, group_by=None, populations=None, "           \
         "population_mode=None, " CORE_WANTED_SIGNATURE ")\n--\n\nThe number of elements in " what \
         ".\n\n" text CORE_COUNTS_TEXT CORE_SOLID_ACCURACY_TEXT CORE_WANTED_TEXT                   \
             CORE_POPULATION_TEXT CORE_ERROR_TEXT ".\n"

#define CORE_EMPTY_DOC(name, parts, what, text)                                                    \
    name "_empty($self, " parts ", *, accuracy=None, populations=None, "                           \
         "population_mode=None, " CORE_WANTED_SIGNATURE ")\n--\n\nTrue if no element is in " what  \
         ". Stops at the first.\n\n" text CORE_SOLID_ACCURACY_TEXT CORE_WANTED_TEXT                \
             CORE_POPULATION_TEXT CORE_ERROR_TEXT ".\n"

#define CORE_CAPSULE                                                                               \
    "capsule", "end, other_end, radius", "a corridor along a straight way, with round ends",       \
        CORE_CAPSULE_TEXT
#define CORE_CYLINDER                                                                              \
    "cylinder", "end, other_end, radius", "a cylinder with flat ends", CORE_CYLINDER_TEXT
#define CORE_ORIENTED_BOX                                                                          \
    "oriented_box", "center, half_size, orientation", "a box that is turned", CORE_ORIENTED_BOX_TEXT

/* Macros take the lists above apart only after another look. */
#define CORE_MAKE_DOC(make, ...) make(__VA_ARGS__)

#define core_capsule_query_doc CORE_MAKE_DOC(CORE_QUERY_DOC, CORE_CAPSULE)
#define core_capsule_counts_doc CORE_MAKE_DOC(CORE_COUNTS_DOC, CORE_CAPSULE)
#define core_capsule_empty_doc CORE_MAKE_DOC(CORE_EMPTY_DOC, CORE_CAPSULE)
#define core_cylinder_query_doc CORE_MAKE_DOC(CORE_QUERY_DOC, CORE_CYLINDER)
#define core_cylinder_counts_doc CORE_MAKE_DOC(CORE_COUNTS_DOC, CORE_CYLINDER)
#define core_cylinder_empty_doc CORE_MAKE_DOC(CORE_EMPTY_DOC, CORE_CYLINDER)
#define core_oriented_box_query_doc CORE_MAKE_DOC(CORE_QUERY_DOC, CORE_ORIENTED_BOX)
#define core_oriented_box_counts_doc CORE_MAKE_DOC(CORE_COUNTS_DOC, CORE_ORIENTED_BOX)
#define core_oriented_box_empty_doc CORE_MAKE_DOC(CORE_EMPTY_DOC, CORE_ORIENTED_BOX)

#define core_bounds_doc                                                                            \
    "bounds($self)\n--\n\nThe bounding box of all elements: a tuple of two float32 arrays (3,), "  \
    "the smallest and the largest corner.\nOf an empty index the first is greater than the "       \
    "second.\n"

#endif
