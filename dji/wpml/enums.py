"""The words that route files choose from, as DJI spells them."""

from enum import StrEnum


class FlyToWaylineMode(StrEnum):
    """How the first waypoint is reached: level flight at a safe height, or straight to it."""

    SAFELY = "safely"
    POINT_TO_POINT = "pointToPoint"


class FinishAction(StrEnum):
    GO_HOME = "goHome"
    NO_ACTION = "noAction"
    AUTO_LAND = "autoLand"
    GOTO_FIRST_WAYPOINT = "gotoFirstWaypoint"


class ExitOnRCLost(StrEnum):
    """What a lost signal does to the route: fly on, or do the lost action."""

    GO_CONTINUE = "goContinue"
    EXECUTE_LOST_ACTION = "executeLostAction"


class LostAction(StrEnum):
    GO_BACK = "goBack"
    LANDING = "landing"
    HOVER = "hover"


class TemplateType(StrEnum):
    WAYPOINT = "waypoint"
    MAPPING_2D = "mapping2d"
    MAPPING_3D = "mapping3d"
    MAPPING_STRIP = "mappingStrip"


class CoordinateMode(StrEnum):
    WGS84 = "WGS84"


class HeightMode(StrEnum):
    """What heights in a template are above: sea level, take-off, ground by terrain data, ground as seen."""

    EGM96 = "EGM96"
    RELATIVE = "relativeToStartPoint"
    ABOVE_GROUND = "aboveGroundLevel"
    FOLLOW_SURFACE = "realTimeFollowSurface"


class ExecuteHeightMode(StrEnum):
    """What heights in a wayline are above: the ellipsoid, the take-off point, the ground as seen."""

    WGS84 = "WGS84"
    RELATIVE = "relativeToStartPoint"
    FOLLOW_SURFACE = "realTimeFollowSurface"


class PositioningType(StrEnum):
    GPS = "GPS"
    RTK_BASE_STATION = "RTKBaseStation"
    QIAN_XUN = "QianXun"
    CUSTOM = "Custom"


class Lens(StrEnum):
    """The lenses whose pictures are kept; `visable` is DJI's spelling."""

    WIDE = "wide"
    ZOOM = "zoom"
    IR = "ir"
    NARROW_BAND = "narrow_band"
    VISABLE = "visable"


class HeadingMode(StrEnum):
    FOLLOW_WAYLINE = "followWayline"
    MANUALLY = "manually"
    FIXED = "fixed"
    SMOOTH_TRANSITION = "smoothTransition"
    TOWARD_POI = "towardPOI"


class HeadingPathMode(StrEnum):
    """Which way round the nose turns; `followBadArc` is the shorter one."""

    CLOCKWISE = "clockwise"
    COUNTER_CLOCKWISE = "counterClockwise"
    SHORTER = "followBadArc"


class TurnMode(StrEnum):
    """How a waypoint is flown: cut the corner, stop after a straight leg, stop after a curve, pass in a curve."""

    COORDINATE_TURN = "coordinateTurn"
    STOP_STRAIGHT = "toPointAndStopWithDiscontinuityCurvature"
    STOP_CURVED = "toPointAndStopWithContinuityCurvature"
    FLY_CURVED = "toPointAndPassWithContinuityCurvature"


class GimbalPitchMode(StrEnum):
    """`fixed` belongs to mapping templates, `usePointSetting` to waypoint templates."""

    MANUAL = "manual"
    USE_POINT_SETTING = "usePointSetting"
    FIXED = "fixed"


class ShootType(StrEnum):
    TIME = "time"
    DISTANCE = "distance"


class MappingHeadingMode(StrEnum):
    FIXED = "fixed"
    FOLLOW_WAYLINE = "followWayline"


class ActionGroupMode(StrEnum):
    SEQUENCE = "sequence"


class TriggerType(StrEnum):
    REACH_POINT = "reachPoint"
    BETWEEN_POINTS = "betweenAdjacentPoints"
    MULTIPLE_TIMING = "multipleTiming"
    MULTIPLE_DISTANCE = "multipleDistance"


class RotatePathMode(StrEnum):
    CLOCKWISE = "clockwise"
    COUNTER_CLOCKWISE = "counterClockwise"


class PointCloudOperate(StrEnum):
    START = "startRecord"
    PAUSE = "pauseRecord"
    RESUME = "resumeRecord"
    STOP = "stopRecord"


class PhotoMode(StrEnum):
    NORMAL = "normalPhoto"
    LOW_LIGHT = "lowLightSmartShooting"
